"""The map of an export as a PNG: areas, squares, lines and points with a legend, a scale and the demo mark."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from geodata.tile_index import WORLD_BITS, world_xy_exact
from kernel.errors import UsageError
from kernel.words import t
from reports.content import Content, Layer, Picture

MAP_WIDTH, SIDE_WIDTH, MARGIN = 1240, 400, 28
TALLEST, LOWEST = 1500, 620
# The map is drawn larger and made smaller, which smooths its edges.
FINE = 2
PAPER, INK, MUTED, LAND, BORDER, NO_DATA = "#FFFFFF", "#0F172A", "#5B6778", "#FBFCFD", "#64748B", "#CBD5E1"
DEMO_INK, DEMO_PAPER = "#854D0E", "#FEF6DC"
# Sides and diameters below which a mark would not be seen, pixels of the finished picture.
SMALLEST_AREA, POINT_SIZE, LINE_WIDTH = 3, 13, 5
# Areas over other areas get an outline from this size on.
OUTLINED = 8
_EQUATOR_M = 40_075_016.686
_CJK = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "msyh.ttc",
    "simhei.ttf",
    "PingFang.ttc",
    "DroidSansFallbackFull.ttf",
)
_NOT_FIRST = "、，。；：）】》”%·"
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "C:/Windows/Fonts", "/System/Library/Fonts")


class Frame(NamedTuple):
    """How longitude and latitude become pixels of the map.

    Attributes
    ----------
    left, top : float
        World coordinates of the corner.
    scale : float
        Pixels of the finished picture per world unit.
    width, height : int
        Size of the map, pixels of the finished picture.
    metres_per_pixel : float
        At the middle of the map.
    """

    left: float
    top: float
    scale: float
    width: int
    height: int
    metres_per_pixel: float

    def place(self, lon_lat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the places (k, 2) of longitudes and latitudes (k, 2), in pixels of the enlarged map."""
        x, y = world_xy_exact(lon_lat[:, 0], lon_lat[:, 1])
        return np.column_stack([x - self.left, y - self.top]) * (self.scale * FINE)


def write_picture(content: Content, path: Path) -> None:
    """Draw the picture of an export into a file.

    Raises
    ------
    UsageError
        When the export has no picture.
    """
    with path.open("wb") as file:
        draw_picture(content, file)


def draw_picture(content: Content, file: BinaryIO, *, pen: Pen | None = None) -> None:
    """Draw the picture of an export.

    Parameters
    ----------
    content : Content
        Its ``picture``.
    file : binary file
        Takes the PNG.
    pen : Pen, optional
        Writes the words; with a font of the machine when absent. Without a Chinese font, Chinese words are left to
        the other formats: colours, numbers and the scale stay.

    Raises
    ------
    UsageError
        When the export has no picture.
    """
    if content.picture is None:
        raise UsageError(f"{content.title} has no picture.", fix="Choose another format.")
    picture = content.picture
    frame = _frame(picture.box)
    pen = pen or Pen(chinese_font())
    x = MARGIN * 2 + frame.width
    # Written once beside the paper, to know how long the legend is.
    foot = _side(ImageDraw.Draw(Image.new("RGB", (1, 1))), pen, content, picture, x)
    size = (x + SIDE_WIDTH + MARGIN, max(frame.height + MARGIN, foot) + MARGIN)
    sheet = Image.new("RGB", size, PAPER)
    sheet.paste(_map(picture, frame), (MARGIN, MARGIN))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((MARGIN, MARGIN, MARGIN + frame.width - 1, MARGIN + frame.height - 1), outline=BORDER, width=1)
    _side(draw, pen, content, picture, x)
    _scale_bar(draw, pen, frame)
    facts = PngInfo()
    source = content.provenance
    for key, value in (("Title", content.title), ("Description", content.subtitle), *source.lines()):
        facts.add_itxt(key[:79] if key.isascii() else "Comment", f"{key}: {value}")
    facts.add_itxt("Source", source.source_line())
    sheet.save(file, "PNG", pnginfo=facts, optimize=True)


class Pen:
    """Writes words where the machine has a font for them.

    Parameters
    ----------
    font_path : str or None
        A font with Chinese characters; without one only ASCII is written, in the font that Pillow carries.
    """

    def __init__(self, font_path: str | None) -> None:
        self._path = font_path

    def writes(self, text: str) -> bool:
        """Return whether every character of a text can be drawn."""
        return self._path is not None or all(0x20 <= ord(character) < 0x7F for character in text)

    def write(
        self,
        draw: ImageDraw.ImageDraw,
        place: tuple[int, int],
        text: str,
        size: int,
        *,
        ink: str = INK,
        width: int = SIDE_WIDTH,
    ) -> int:
        """Write a text broken into lines and return the place below it; what cannot be drawn is left out."""
        x, y = place
        if not text or not self.writes(text):
            return y
        font = self.font(size)
        for line in self._lines(text, font, width):
            draw.text((x, y), line, fill=ink, font=font)
            y += round(size * 1.45)
        return y

    def font(self, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """Return the font in a size."""
        return _font(self._path, size)

    @staticmethod
    def _lines(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
        lines, line = [], ""
        # Chinese breaks anywhere, other scripts between words.
        for word in _words(text):
            if line and font.getlength(line + word) > width:
                lines.append(line.rstrip())
                line = word.lstrip()
            else:
                line += word
        return [*lines, line]


@cache
def chinese_font() -> str | None:
    """Return a font with Chinese characters among those of the machine, None where there is none."""
    for folder in map(Path, _FONT_FOLDERS):
        found = {path.name: path for path in folder.rglob("*")} if folder.is_dir() else {}
        for name in _CJK:
            if name in found:
                return str(found[name])
    return None


@cache
def _font(path: str | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if path is None:
        return ImageFont.load_default(size)
    # The third face of the collection of Noto is the simplified Chinese one.
    return ImageFont.truetype(path, size, index=2 if path.endswith("NotoSansCJK-Regular.ttc") else 0)


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: no line begins with a closing mark."""
    words: list[str] = []
    for character in text:
        is_latin = character != " " and ord(character) < 0x2E80
        if words and (character in _NOT_FIRST or (is_latin and words[-1] != " " and ord(words[-1][-1]) < 0x2E80)):
            words[-1] += character
        else:
            words.append(character)
    return words


def _frame(box: tuple[float, float, float, float]) -> Frame:
    west, south, east, north = box
    x, y = world_xy_exact(np.array([west, east]), np.array([north, south]))
    wide, high = max(float(x[1] - x[0]), 1.0), max(float(y[1] - y[0]), 1.0)
    scale = min(MAP_WIDTH / wide, TALLEST / high)
    height = int(np.clip(round(high * scale), LOWEST, TALLEST))
    middle = np.array([x.mean(), y.mean()])
    latitude = np.radians((north + south) / 2)
    metres = _EQUATOR_M * float(np.cos(latitude)) / 2.0**WORLD_BITS / scale
    left, top = middle[0] - MAP_WIDTH / scale / 2, middle[1] - height / scale / 2
    return Frame(float(left), float(top), scale, MAP_WIDTH, height, metres)


def _map(picture: Picture, frame: Frame) -> Image.Image:
    image = Image.new("RGB", (frame.width * FINE, frame.height * FINE), PAPER)
    draw = ImageDraw.Draw(image)
    for layer in picture.layers:
        if layer.shape == "area":
            _areas(image, draw, layer, frame, outline=None if layer is picture.layers[0] else BORDER)
            if layer is picture.layers[0]:
                _outlines(draw, picture.borders, frame, FINE)
                _outlines(draw, picture.strong_borders, frame, 3 * FINE)
        elif layer.shape == "line":
            _lines(draw, layer, frame)
        else:
            _points(draw, layer, frame)
    return image.resize((frame.width, frame.height), Image.Resampling.LANCZOS)


def _colours(layer: Layer) -> list[str]:
    if layer.classes is None:
        return [layer.colour] * len(layer.shapes)
    at = [column.key for column in layer.table.columns].index(layer.classes.column)
    places = [layer.classes.class_of(row[at]) for row in layer.table.rows]
    return [NO_DATA if place is None else layer.classes.colours[place] for place in places]


def _areas(image: Image.Image, draw: ImageDraw.ImageDraw, layer: Layer, frame: Frame, *, outline: str | None) -> None:
    size = SMALLEST_AREA * FINE
    for shape, colour in zip(layer.shapes, _colours(layer), strict=True):
        for part in shapely.get_parts(shape):
            ring = frame.place(shapely.get_coordinates(part.exterior))
            low, high = ring.min(axis=0), ring.max(axis=0)
            if (high < 0).any() or low[0] > image.width or low[1] > image.height:
                continue
            if (high - low).max() < size:
                x, y = (low + high) / 2
                draw.rectangle((x - size / 2, y - size / 2, x + size / 2, y + size / 2), fill=colour)
            elif not len(part.interiors):
                is_large = (high - low).min() > OUTLINED * FINE
                draw.polygon(ring.ravel().tolist(), fill=colour, outline=outline if is_large else None)
            else:
                mask = Image.new("L", image.size, 0)
                pen = ImageDraw.Draw(mask)
                pen.polygon(ring.ravel().tolist(), fill=255)
                for hole in part.interiors:
                    pen.polygon(frame.place(shapely.get_coordinates(hole)).ravel().tolist(), fill=0)
                image.paste(colour, (0, 0), mask)


def _outlines(draw: ImageDraw.ImageDraw, borders: npt.NDArray[np.object_], frame: Frame, width: int) -> None:
    for border in borders:
        for ring in shapely.get_rings(shapely.get_parts(border)):
            draw.line(frame.place(shapely.get_coordinates(ring)).ravel().tolist(), fill=BORDER, width=width)


def _lines(draw: ImageDraw.ImageDraw, layer: Layer, frame: Frame) -> None:
    for shape, colour in zip(layer.shapes, _colours(layer), strict=True):
        for part in shapely.get_parts(shape):
            path = frame.place(shapely.get_coordinates(part)).ravel().tolist()
            draw.line(path, fill=PAPER, width=(LINE_WIDTH + 3) * FINE, joint="curve")
            draw.line(path, fill=colour, width=LINE_WIDTH * FINE, joint="curve")


def _points(draw: ImageDraw.ImageDraw, layer: Layer, frame: Frame) -> None:
    half = POINT_SIZE * FINE / 2
    for (x, y), colour in zip(frame.place(shapely.get_coordinates(layer.shapes)), _colours(layer), strict=True):
        draw.ellipse((x - half, y - half, x + half, y + half), fill=colour, outline=PAPER, width=2 * FINE)


def _side(draw: ImageDraw.ImageDraw, pen: Pen, content: Content, picture: Picture, x: int) -> int:
    """Write title, mark, legend and source and return the place below them."""
    y = pen.write(draw, (x, MARGIN), content.title, 30) + 6
    y = pen.write(draw, (x, y), content.subtitle, 19, ink=MUTED) + 14
    mark = content.provenance.mark
    if mark:
        draw.rectangle((x, y, x + SIDE_WIDTH, y + 44), fill=DEMO_PAPER, outline=DEMO_INK, width=2)
        pen.write(draw, (x + 14, y + 8), mark if pen.writes(mark) else "DEMO", 20, ink=DEMO_INK)
        y += 66
    for layer in picture.layers:
        y = pen.write(draw, (x, y), layer.table.title, 20) + 4
        classes = layer.classes
        lines = [(layer.colour, "")] if classes is None else list(zip(classes.colours, classes.labels, strict=True))
        if NO_DATA in _colours(layer):
            lines.append((NO_DATA, t("map.no_data", content.lang)))
        for colour, label in lines:
            _swatch(draw, layer.shape, colour, x, y)
            below = pen.write(draw, (x + 46, y), label, 18, width=SIDE_WIDTH - 46)
            y = max(below, y + 28) + 2
        y += 12
    return pen.write(draw, (x, y + 6), content.provenance.source_line(), 14, ink=MUTED)


def _swatch(draw: ImageDraw.ImageDraw, shape: str, colour: str, x: int, y: int) -> None:
    if shape == "area":
        draw.rectangle((x, y + 2, x + 34, y + 24), fill=colour, outline=BORDER)
    elif shape == "line":
        draw.line((x, y + 13, x + 34, y + 13), fill=colour, width=LINE_WIDTH)
    else:
        half = POINT_SIZE / 2
        draw.ellipse((x + 17 - half, y + 13 - half, x + 17 + half, y + 13 + half), fill=colour, outline=BORDER)


def _scale_bar(draw: ImageDraw.ImageDraw, pen: Pen, frame: Frame) -> None:
    """Draw a round length of at most a fifth of the map's width, true at the middle latitude."""
    most = frame.metres_per_pixel * frame.width / 5
    power = 10.0 ** np.floor(np.log10(most))
    length_m = float(max(step * power for step in (1, 2, 5) if step * power <= most))
    pixels = length_m / frame.metres_per_pixel
    x, y = MARGIN + 24, MARGIN + frame.height - 26
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    draw.rectangle((x - 10, y - 34, x + pixels + 12, y + 14), fill=PAPER)
    draw.line((x, y - 6, x, y, x + pixels, y, x + pixels, y - 6), fill=INK, width=3)
    draw.text((x, y - 32), text, fill=INK, font=pen.font(18))
