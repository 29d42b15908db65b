"""What an export says, before it is written: tables, map layers, a picture, paragraphs. Writers take it as it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from reports.provenance import Provenance

# How a column is written: counts without decimals, shares (0..1) as percentages, changes with their sign.
Kind = Literal[
    "text", "count", "decimal", "any", "precise", "share", "count_change", "precise_change", "share_change", "degree"
]
Shape = Literal["area", "line", "point"]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table and a field of a layer.

    Attributes
    ----------
    key : str
        Name of the field in layers, ASCII.
    title : str
        Heading, in the reader's language.
    kind : str
        How values are written.
    unit : str
        Unit, shown behind the heading; empty for names and shares.
    """

    key: str
    title: str
    kind: Kind = "text"
    unit: str = ""

    @property
    def heading(self) -> str:
        """Heading with its unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; ``rows`` hold the values in the order of the columns, None where there is none."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    note: str = ""

    @classmethod
    def of(cls, title: str, columns: Sequence[Column], frame: pl.DataFrame, note: str = "") -> Table:
        """Return the table of a frame that has a column for every key."""
        return cls(title, tuple(columns), frame.select([column.key for column in columns]).rows(), note)

    def without(self, *keys: str) -> Table:
        """Return the table without some columns: paper has less room than a sheet."""
        kept = [at for at, column in enumerate(self.columns) if column.key not in keys]
        rows = [tuple(row[at] for at in kept) for row in self.rows]
        return Table(self.title, tuple(self.columns[at] for at in kept), rows, self.note)


@dataclass(frozen=True, slots=True)
class Classes:
    """Colours by the value of a column: ``len(colours) == len(labels)``.

    Attributes
    ----------
    column : str
        Key of the column.
    colours : tuple of str
        ``#RRGGBB``.
    labels : tuple of str
        Words of the legend.
    limits : tuple of float
        Limits between classes of numbers; empty where ``values`` are given.
    values : tuple of str
        Texts that the column holds, one a class; empty where ``limits`` are given.
    """

    column: str
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    limits: tuple[float, ...] = ()
    values: tuple[str, ...] = ()

    def class_of(self, value: Any) -> int | None:
        """Return the place of a value among the classes; a limit belongs to the class above it."""
        if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
            return None
        if self.values:
            return self.values.index(str(value)) if str(value) in self.values else None
        return bisect_right(self.limits, float(value))


@dataclass(frozen=True, slots=True)
class Layer:
    """A map layer: a table whose rows have shapes.

    Attributes
    ----------
    code : str
        Name of the layer in files, ASCII.
    table : Table
        Fields.
    shapes : object array of shapely geometries, shape (k,)
        One a row, longitude and latitude.
    shape : {"area", "line", "point"}
        What the shapes are.
    colour : str
        ``#RRGGBB`` where no classes are given.
    classes : Classes or None
        Colours by value.
    """

    code: str
    table: Table
    shapes: Shapes
    shape: Shape
    colour: str
    classes: Classes | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A map to be drawn: layers from below to above, and the box that it shows.

    Attributes
    ----------
    layers : tuple of Layer
        Drawn in this order.
    borders : object array of shapely geometries
        Outlines drawn thin over the lowest areas.
    strong_borders : object array of shapely geometries
        Outlines drawn broader over them.
    box : (west, south, east, north)
        Degrees.
    """

    layers: tuple[Layer, ...]
    borders: Shapes
    strong_borders: Shapes
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: heading, paragraphs, tables, and whether the picture stands in it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that an export has to say.

    Attributes
    ----------
    title : str
        Title of the file.
    subtitle : str
        Area, venues that count and minutes, in words.
    lang : str
        Language of the words.
    provenance : Provenance
        Where every figure comes from.
    definitions : mapping of str to str
        Term -> meaning.
    tables, layers, picture, sections
        What each writer takes; empty where the format has none.
    """

    title: str
    subtitle: str
    lang: str
    provenance: Provenance
    definitions: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    layers: tuple[Layer, ...] = ()
    picture: Picture | None = None
    sections: tuple[Section, ...] = ()

    @property
    def row_count(self) -> int:
        """Rows of all tables and features of all layers."""
        return sum(len(table.rows) for table in self.tables) + sum(len(layer.shapes) for layer in self.layers)


def shapes_of(values: Sequence[Any]) -> Shapes:
    """Return geometries as an object array, which numpy would else try to unpack."""
    array = np.empty(len(values), object)
    array[:] = values
    return array
