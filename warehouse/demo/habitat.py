"""Where people live in a city: the cells of its towns and the villages between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import ndimage

from warehouse import reference_tables
from warehouse.demo.grid import CELL_M, Flags, Floats
from warehouse.demo.settlements import Ground, urban_density
from warehouse.demo.water import Water

# Mean residents of a natural village by macro region (assumption: large villages in the north).
_VILLAGE_RESIDENTS = {"苏北": 300.0, "苏中": 220.0, "苏南": 200.0}
_SLOT_M = 95.0
_SLOT_RESIDENTS = 55.0
_MOST_SLOTS = 14
_PARK_NOISE = 1.15


@dataclass(frozen=True, slots=True)
class Fabric:
    """Cells of towns.

    Attributes
    ----------
    cell : int64
        Flat index in the city's grid, ascending.
    centre : int32
        Town it belongs to.
    score : float32
        Relative distance from the centre: 0 the middle, about 1 the edge.
    weight : float64
        Residents expected; 0 in parks, works and water.
    """

    cell: npt.NDArray[np.int64]
    centre: npt.NDArray[np.int32]
    score: npt.NDArray[np.float32]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Villages:
    """Villages and the places along their main streets ("slots").

    Attributes
    ----------
    x, y, residents : float64, shape (v,)
        Middle in metres, residents expected.
    angle : float64, shape (v,)
        Bearing of the main street.
    county : int16, shape (v,)
        Index into the counties of the city.
    slot_start : int64, shape (v + 1,)
        Slots of village ``i`` are ``slot_start[i]:slot_start[i + 1]``.
    slot_x, slot_y : float64
        Junctions of the main street, in order along it.
    """

    x: Floats
    y: Floats
    residents: Floats
    angle: Floats
    county: npt.NDArray[np.int16]
    slot_start: npt.NDArray[np.int64]
    slot_x: Floats
    slot_y: Floats

    @property
    def slot_village(self) -> npt.NDArray[np.int64]:
        """Village of each slot."""
        return np.repeat(np.arange(len(self.x)), np.diff(self.slot_start))


def build_fabric(ground: Ground, water: Water, random: np.random.Generator) -> Fabric:
    """Return the built-up cells: around every town, nearest first, until its county's urban residents have room."""
    grid, centres = ground.grid, ground.centres
    ragged = np.exp(0.24 * grid.noise(random, 1_400.0)).ravel()
    score = np.full(grid.rows * grid.columns, np.inf, dtype=np.float32)
    owner = np.full(len(score), -1, dtype=np.int32)
    county = ground.county.ravel()
    # A town stays on its own bank: the cells that hang together with its middle over dry land of the county.
    land = np.zeros(len(county), dtype=np.int32)
    for index in range(len(ground.counties)):
        masses = ndimage.label((ground.county == index) & ~ground.is_wide_water)[0].ravel()
        land += np.where(masses > 0, masses + land.max(), 0)
    for k in np.argsort(-centres.residents):
        cells = _window(ground, int(k), land)
        x, y = grid.centres(cells)
        found = (np.hypot(x - centres.x[k], y - centres.y[k]) / centres.radius_m[k]).astype(np.float32) * ragged[cells]
        better = found < score[cells]
        score[cells[better]], owner[cells[better]] = found[better], k
    is_park = (grid.noise(random, 500.0).ravel() > _PARK_NOISE) & (score > 0.15)
    chosen, weights = [], []
    for index, urban in enumerate(ground.counties["urban"].to_list()):
        cells = np.flatnonzero((county == index) & np.isfinite(score))
        cells = cells[np.argsort(score[cells], kind="stable")]
        weight = urban_density(score[cells], centres.core_density[owner[cells]]) * (CELL_M**2 / 1e6)
        weight[is_park[cells]] = 0.0
        room = np.cumsum(weight)
        count = min(int(np.searchsorted(room, urban)) + 1, len(cells))
        chosen.append(cells[:count])
        weights.append(weight[:count] * random.lognormal(0.0, 0.4, count))
    cell, weight = np.concatenate(chosen), np.concatenate(weights)
    order = np.argsort(cell)
    cell, weight = cell[order], weight[order]
    weight[water.holds(*grid.centres(cell))] = 0.0
    return Fabric(cell, owner[cell], score[cell], weight)


def _window(ground: Ground, k: int, land: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the cells of the same landmass within reach of a town; all of them for a county seat."""
    grid, centres = ground.grid, ground.centres
    index = land[grid.index(centres.x[k], centres.y[k])]
    if centres.is_seat[k]:
        return np.flatnonzero(land == index)
    reach = int(2.4 * centres.radius_m[k] / CELL_M) + 4
    row, column = divmod(int(grid.index(centres.x[k], centres.y[k])), grid.columns)
    rows = np.arange(max(row - reach, 0), min(row + reach + 1, grid.rows))
    columns = np.arange(max(column - reach, 0), min(column + reach + 1, grid.columns))
    cells = (rows[:, None] * grid.columns + columns[None, :]).ravel()
    return cells[land[cells] == index]


def build_villages(ground: Ground, fabric: Fabric, random: np.random.Generator) -> Villages:
    """Return the villages of a city on its open land, as many as its rural residents fill."""
    grid = ground.grid
    city = reference_tables.table("cities").filter(pl.col("adcode") == ground.city)
    mean = _VILLAGE_RESIDENTS[city["macro_region"][0]]
    built = np.zeros(grid.shape, dtype=bool)
    built.ravel()[fabric.cell] = True
    open_land = ~ndimage.binary_dilation(built, iterations=1) & ~ground.is_wide_water
    lure = grid.noise(random, 6_000.0).ravel()
    parts = []
    for index, rural in enumerate(ground.counties["rural"].to_list()):
        own = (open_land & (ground.county == index)).ravel()
        if rural > 0:
            parts.append(_county_villages(ground, own, lure, index=index, rural=float(rural), mean=mean, random=random))
    x, y, residents, owner = (
        (np.concatenate([part[k] for part in parts]) for k in range(4)) if parts else [np.zeros(0)] * 4
    )
    # Main streets follow the canals, which run mostly west to east and, a third of them, north to south.
    angle = random.normal(0.0, 0.25, len(x)) + np.where(random.random(len(x)) < 0.33, np.pi / 2.0, 0.0)
    slots = np.clip(np.round(residents / _SLOT_RESIDENTS), 1, _MOST_SLOTS).astype(np.int64)
    start = np.concatenate(([0], np.cumsum(slots)))
    village = np.repeat(np.arange(len(x)), slots)
    along = (np.arange(len(village)) - start[village] - (slots[village] - 1) / 2.0) * _SLOT_M
    along += random.uniform(-14.0, 14.0, len(along))
    bend = random.normal(0.0, 0.00035, len(x))[village]
    across = bend * along**2 + random.normal(0.0, 5.0, len(along))
    cos, sin = np.cos(angle[village]), np.sin(angle[village])
    return Villages(
        x=x,
        y=y,
        residents=residents,
        angle=angle,
        county=owner.astype(np.int16),
        slot_start=start,
        slot_x=x[village] + along * cos - across * sin,
        slot_y=y[village] + along * sin + across * cos,
    )


def _county_villages(
    ground: Ground,
    own: Flags,
    lure: npt.NDArray[np.float32],
    *,
    index: int,
    rural: float,
    mean: float,
    random: np.random.Generator,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return x, y, residents and county of the villages of one county: a jittered grid, the likeliest places kept."""
    grid = ground.grid
    wanted = max(round(rural / mean), 1)
    cells = np.flatnonzero(own)
    if not len(cells):
        cells = np.flatnonzero(ground.county.ravel() == index)
    spacing = np.clip(np.sqrt(len(cells) * CELL_M**2 / wanted / 1.45), 130.0, 4_000.0)
    x, y = grid.centres(cells)
    column, row = np.meshgrid(
        np.arange(x.min(), x.max() + spacing, spacing), np.arange(y.min(), y.max() + spacing, spacing)
    )
    x = column.ravel() + random.uniform(-0.36, 0.36, column.size) * spacing
    y = row.ravel() + random.uniform(-0.36, 0.36, row.size) * spacing
    place = grid.index(x, y)
    inside = (place >= 0) & own[np.maximum(place, 0)]
    x, y, place = x[inside], y[inside], place[inside]
    if not len(x):
        x, y = grid.centres(random.choice(cells, 1))
        place = grid.index(x, y)
    rank = np.argsort(-(0.8 * lure[place] + random.gumbel(0.0, 0.5, len(x))), kind="stable")[:wanted]
    residents = random.lognormal(0.0, 0.5, len(rank))
    return x[rank], y[rank], residents * (rural / residents.sum()), np.full(len(rank), float(index))


def settle(
    ground: Ground, fabric: Fabric, villages: Villages, water: Water, random: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, Flags, npt.NDArray[np.float32]]:
    """Return the inhabited cells of a city.

    Returns
    -------
    cell : int64
        Flat index, ascending, no cell twice.
    weight : float64
        Residents expected.
    is_rural : bool
        Whether the cell belongs to a village.
    score : float32
        Relative distance from the town's centre; 1 in villages.
    """
    grid = ground.grid
    lived_in = fabric.weight > 0
    taken = np.zeros(grid.rows * grid.columns, dtype=bool)
    taken[fabric.cell] = True
    village = villages.slot_village
    per_slot = (villages.residents / np.maximum(np.diff(villages.slot_start), 1))[village]
    has_side = random.random(len(village)) < 0.45
    side = random.choice((-1.0, 1.0), len(village)) * random.uniform(40.0, 90.0, len(village))
    angle = villages.angle[village]
    x = np.concatenate((villages.slot_x, (villages.slot_x - side * np.sin(angle))[has_side]))
    y = np.concatenate((villages.slot_y, (villages.slot_y + side * np.cos(angle))[has_side]))
    owner = np.concatenate((village, village[has_side]))
    weight = np.concatenate((np.where(has_side, 0.65, 1.0) * per_slot, 0.35 * per_slot[has_side]))
    middle = grid.index(villages.x, villages.y)
    cell = grid.index(x, y)
    county = ground.county.ravel()
    bad = (cell < 0) | (county[cell] != villages.county[owner]) | taken[cell] | ground.is_wide_water.ravel()[cell]
    bad |= water.holds(*grid.centres(cell))
    cell = np.where(bad, middle[owner], cell)
    rural_cell, place = np.unique(cell, return_inverse=True)
    rural_weight = np.bincount(place, weights=weight, minlength=len(rural_cell)).astype(np.float64)
    dry = ~taken[rural_cell] & ~water.holds(*grid.centres(rural_cell))
    rural_cell, rural_weight = rural_cell[dry], rural_weight[dry]
    cells = np.concatenate((fabric.cell[lived_in], rural_cell))
    order = np.argsort(cells)
    weights = np.concatenate((fabric.weight[lived_in], rural_weight))
    is_rural = np.arange(len(cells)) >= lived_in.sum()
    scores = np.concatenate((fabric.score[lived_in], np.ones(len(rural_cell), dtype=np.float32)))
    return cells[order], weights[order], is_rural[order], scores[order]
