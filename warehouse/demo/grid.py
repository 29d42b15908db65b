"""The 100 m grid of a city: cells of the Albers plane, polygons filled into it, and smooth noise on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

CELL_M = 100.0

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """A window of the 100 m grid: ``rows`` by ``columns`` cells, the first with its corner at the origin.

    Attributes
    ----------
    column, row : int
        Grid numbers of the window's south-west cell: its corner lies at ``100 column, 100 row`` metres.
    columns, rows : int
        Size.
    """

    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def around(cls, bounds: tuple[float, float, float, float], margin_m: float) -> Grid:
        """Return the window that holds a box (west, south, east, north, metres) and a margin."""
        west, south, east, north = bounds
        column, row = (int(np.floor((v - margin_m) / CELL_M)) for v in (west, south))
        last_column, last_row = (int(np.ceil((v + margin_m) / CELL_M)) for v in (east, north))
        return cls(column, row, last_column - column, last_row - row)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def index(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return the flat index of the cell of each position, -1 outside the window."""
        column = np.floor(np.asarray(x) / CELL_M).astype(np.int64) - self.column
        row = np.floor(np.asarray(y) / CELL_M).astype(np.int64) - self.row
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1)

    def centres(self, index: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Return x and y in metres of the middles of cells given by flat index."""
        row, column = np.divmod(index, self.columns)
        return (column + self.column + 0.5) * CELL_M, (row + self.row + 0.5) * CELL_M

    def fill(self, polygon: BaseGeometry) -> Flags:
        """Return which cells have their middle inside a polygon (even-odd rule along each row).

        Notes
        -----
        Two polygons with a common border share no cell and leave none out: a crossing of a row with a
        border is computed from the same two vertices in the same order for both.
        """
        crossings = np.zeros((self.rows, self.columns + 1), dtype=np.int32)
        for ring in _rings(polygon):
            a, b = ring[:-1], ring[1:]
            low = np.where((a[:, 1:] <= b[:, 1:]), a, b)
            high = np.where((a[:, 1:] <= b[:, 1:]), b, a)
            first = np.ceil(low[:, 1] / CELL_M - 0.5).astype(np.int64)
            count = np.maximum(np.ceil(high[:, 1] / CELL_M - 0.5).astype(np.int64) - first, 0)
            edge = np.repeat(np.arange(len(a)), count)
            step = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
            row = first[edge] + step
            share = ((row + 0.5) * CELL_M - low[edge, 1]) / (high[edge, 1] - low[edge, 1])
            x = low[edge, 0] + share * (high[edge, 0] - low[edge, 0])
            column = np.clip(np.ceil(x / CELL_M - 0.5).astype(np.int64) - self.column, 0, self.columns)
            row = row - self.row
            inside = (row >= 0) & (row < self.rows)
            np.add.at(crossings, (row[inside], column[inside]), 1)
        odd: Flags = np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1
        return odd

    def noise(self, random: np.random.Generator, wavelength_m: float) -> npt.NDArray[np.float32]:
        """Return smooth noise of about unit spread with features of the size of the wavelength."""
        step = max(wavelength_m / CELL_M / 2.0, 1.0)
        coarse = random.standard_normal((int(self.rows / step) + 4, int(self.columns / step) + 4)).astype(np.float32)
        row, column = np.arange(self.rows) / step + 1.0, np.arange(self.columns) / step + 1.0
        places = np.meshgrid(row, column, indexing="ij")
        found: npt.NDArray[np.float32] = ndimage.map_coordinates(coarse, places, order=1, output=np.float32)
        return found / np.float32(2.0 / 3.0)


def _rings(polygon: BaseGeometry) -> list[Floats]:
    parts = shapely.get_parts(polygon)
    rings = shapely.get_rings(parts)
    return [shapely.get_coordinates(ring) for ring in rings]
