from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.theme import (
    COLOURS,
    COVERAGE,
    DIFFERENCE,
    MARK_PAIRS,
    SCHEMES,
    TEXT_PAIRS,
    colour,
    contrast,
    mantine_theme,
    plotly_template,
    stylesheet,
    stylesheet_fingerprint,
)

ROOT = Path(__file__).resolve().parents[2]
HEX = re.compile(r"#[0-9A-F]{6}")


@pytest.mark.parametrize(("first", "second", "ratio"), [("#000000", "#FFFFFF", 21.0), ("#777777", "#FFFFFF", 4.48)])
def test_contrast_is_that_of_the_standard(first, second, ratio) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)
    assert contrast(second, first) == contrast(first, second)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(scheme, text, ground) -> None:
    assert contrast(colour(text, scheme), colour(ground, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_can_be_seen(scheme, mark, ground) -> None:
    assert contrast(colour(mark, scheme), colour(ground, scheme)) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_coverage_steps_go_from_light_to_dark(scheme) -> None:
    steps = COVERAGE[scheme]
    against_white = [contrast(step, "#FFFFFF") for step in steps]
    assert len(steps) == 7
    assert against_white == sorted(against_white)


def test_differences_are_symmetric_around_a_neutral_middle() -> None:
    assert len(DIFFERENCE) % 2 == 1
    middle = DIFFERENCE[len(DIFFERENCE) // 2]
    assert middle[1:3] == middle[3:5] == middle[5:7]


def test_every_colour_is_written_in_one_way() -> None:
    every = [value for pair in COLOURS.values() for value in pair] + [
        *COVERAGE["light"],
        *COVERAGE["dark"],
        *DIFFERENCE,
    ]
    assert all(HEX.fullmatch(value) for value in every)


def test_the_stylesheet_holds_every_token_in_both_schemes() -> None:
    sheet = stylesheet()
    for scheme in SCHEMES:
        block = sheet[sheet.index(f"[data-scheme={scheme}]") :].split("}")[0]
        assert all(f"--{name}:{colour(name, scheme)}" in block for name in COLOURS)
    assert re.fullmatch(r"[0-9a-f]{12}", stylesheet_fingerprint())


def test_style_sheets_use_only_tokens_that_exist() -> None:
    set_by_code = "".join(path.read_text("utf-8") for path in (ROOT / "components").rglob("*.py"))
    set_by_code += "".join(
        path.read_text("utf-8") for path in (ROOT / "assets").glob("**/*js") if "vendor" not in str(path)
    )
    known = set(re.findall(r"--([\w-]+):", stylesheet())) | set(re.findall(r"""["']--([\w-]+)["']""", set_by_code))
    for sheet in (ROOT / "assets").glob("*.css"):
        text = sheet.read_text("utf-8")
        local = set(re.findall(r"^\s*--([\w-]+)\s*:", text, re.MULTILINE)) | {"foot-height"}
        used = {name for name in re.findall(r"var\(--([\w-]+)", text) if not name.startswith("mantine-")}
        assert used - known - local == set(), sheet.name


def test_mantine_and_plotly_take_the_same_colours() -> None:
    theme = mantine_theme()
    assert theme["colors"]["brand"][theme["primaryShade"]["light"]] == colour("brand", "light")
    assert theme["colors"]["brand"][theme["primaryShade"]["dark"]] == colour("brand", "dark")
    for scheme in SCHEMES:
        assert plotly_template(scheme)["layout"]["font"]["color"] == colour("ink", scheme)
