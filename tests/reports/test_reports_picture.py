"""The picture: its size, the colours at known places, the scale, and what happens without a Chinese font."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kernel.errors import UsageError
from reports.content import Content, shapes_of
from reports.picture import (
    BORDER,
    DEMO_PAPER,
    MARGIN,
    NO_DATA,
    PAPER,
    Pen,
    _frame,
    chinese_font,
    draw_picture,
    write_picture,
)
from tests.reports.sample import content

BOX = (117.9, 31.9, 121.1, 33.1)


def drawn(made: Content, pen: Pen | None = None) -> Image.Image:
    file = io.BytesIO()
    draw_picture(made, file, pen=pen)
    assert file.getvalue()[:8] == b"\x89PNG\r\n\x1a\n"
    return Image.open(file)


def hex_at(image: Image.Image, lon: float, lat: float) -> str:
    frame = _frame(BOX)
    x, y = frame.place(np.array([[lon, lat]]))[0] / 2 + MARGIN
    return "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((round(x), round(y))))


def is_near(first: str, second: str) -> bool:
    """Return whether two colours differ by less than smoothing changes a thin line."""
    return all(abs(int(first[i : i + 2], 16) - int(second[i : i + 2], 16)) < 24 for i in (1, 3, 5))


def colours(image: Image.Image) -> set[str]:
    return {"#{:02X}{:02X}{:02X}".format(*pixel) for _, pixel in image.convert("RGB").getcolors(1 << 20)}


def test_every_shape_has_its_colour_at_its_place() -> None:
    image = drawn(content())
    assert hex_at(image, 118.1, 32.9) == "#ff0000", "below the limit"
    assert hex_at(image, 119.25, 32.75) == "#00ff00", "above the limit"
    assert hex_at(image, 120.25, 32.75).upper() == NO_DATA
    assert hex_at(image, 118.6, 32.6).upper() == PAPER, "the hole"
    assert is_near(hex_at(image, 119.5, 32.125), "#123456"), "the line lies over the areas"
    assert hex_at(image, 119.5, 32.5) == "#00ffff", "a point of the second kind"
    assert hex_at(image, 118.123457, 32.5) == "#ff00ff"


def test_borders_of_single_and_of_many_parts_are_drawn() -> None:
    made = content()
    assert made.picture is not None
    strong = replace(made.picture, borders=shapes_of([]), strong_borders=made.layers[0].shapes)
    image = drawn(replace(made, picture=strong))
    for lon in (118.5, 119.5, 120.5):
        assert is_near(hex_at(image, lon, 33.0), BORDER)


def test_the_demo_mark_is_drawn_for_demo_data_only() -> None:
    assert DEMO_PAPER in colours(drawn(content()))
    assert DEMO_PAPER not in colours(drawn(content(origin="delivered")))


def test_the_facts_travel_in_the_file(tmp_path) -> None:
    write_picture(content(), tmp_path / "a.png")
    facts = " ".join(str(value) for value in Image.open(tmp_path / "a.png").text.values())
    for expected in ("000007-abc", "演示数据", "=示例 <导出>"):
        assert expected in facts


def test_without_a_chinese_font_shapes_mark_and_scale_stay() -> None:
    image = drawn(content(), Pen(None))
    assert hex_at(image, 118.1, 32.9) == "#ff0000"
    assert DEMO_PAPER in colours(image)
    assert not Pen(None).writes("演示")
    assert Pen(None).writes("100 km")


@pytest.mark.skipif(chinese_font() is None, reason="needs a Chinese font")
def test_words_are_drawn_where_there_is_a_font() -> None:
    with_words, without = drawn(content()), drawn(content(), Pen(None))
    dark = [np.asarray(image.convert("L"))[:, 1300:].__lt__(128).sum() for image in (with_words, without)]
    assert dark[0] > dark[1]


def test_the_scale_is_true_in_the_middle() -> None:
    frame = _frame(BOX)
    a, b = frame.place(np.array([[119.0, 32.5], [120.0, 32.5]])) / 2
    degree_m = 111_320 * math.cos(math.radians(32.5))
    assert (b - a)[0] * frame.metres_per_pixel == pytest.approx(degree_m, rel=0.002)


def test_an_export_without_a_picture_says_so(tmp_path) -> None:
    with pytest.raises(UsageError, match="no picture"):
        write_picture(replace(content(), picture=None), tmp_path / "a.png")


def test_paper_grows_with_the_legend() -> None:
    made = content()
    assert made.picture is not None
    assert made.layers[0].classes is not None
    many = replace(
        made.layers[0].classes, colours=("#112233",) * 40, labels=tuple("ABCD" * 10), limits=tuple(range(39))
    )
    longer = replace(made.picture, layers=(replace(made.layers[0], classes=many), *made.layers[1:]))
    short, long = drawn(made, Pen(None)), drawn(replace(made, picture=longer), Pen(None))
    assert long.height > 40 * 28 > short.height
    assert long.width == short.width
    assert "#112233" in {hex_at(long, 119.25, 32.75), hex_at(long, 118.1, 32.9)}
