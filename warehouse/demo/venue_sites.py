"""Sites that hold venues: village squares, neighbourhoods, parks, schools, firms and sports centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo.grid import CELL_M, Floats
from warehouse.demo.habitat import Fabric, Villages
from warehouse.demo.settlements import Ground
from warehouse.demo.water import Water

VILLAGE, NEIGHBOURHOOD, PARK, SCHOOL, FIRM, CENTRE = range(6)
SITE_NAMES = ("村", "社区", "公园", "学校", "商圈", "体育中心")

# Residents per site: assumptions of the generator (a school of 1,300 pupils serves 10,000 residents).
_RESIDENTS_PER_NEIGHBOURHOOD, _RESIDENTS_PER_PARK = 4_400.0, 24_000.0
_RESIDENTS_PER_SCHOOL, _RESIDENTS_PER_FIRM, _RESIDENTS_PER_CENTRE = 10_000.0, 5_600.0, 700_000.0
_VILLAGES_WITH_SQUARE = 0.5
_URBAN_SCHOOLS = 0.75

# How strongly each kind of site draws each type of venue: village, neighbourhood, park, school, firm, centre.
AFFINITY: dict[str, tuple[float, ...]] = {
    "A11": (0.0, 0.0, 0.3, 8.0, 0.0, 40.0),
    "A12": (0.08, 0.08, 1.5, 9.0, 0.2, 4.0),
    "B11": (0.0, 0.3, 0.1, 0.5, 3.0, 5.0),
    "B12": (0.0, 0.0, 0.0, 0.4, 4.0, 40.0),
    "B13": (0.05, 0.0, 1.0, 0.0, 0.3, 0.0),
    "C11": (0.03, 0.05, 1.5, 2.5, 0.8, 20.0),
    "C12": (0.06, 0.12, 2.0, 2.0, 1.5, 10.0),
    "C13": (0.08, 0.6, 1.5, 2.0, 3.0, 10.0),
    "C14": (0.0, 0.0, 1.0, 0.0, 0.2, 1.0),
    "C21": (0.8, 0.8, 1.5, 3.2, 1.2, 8.0),
    "C22": (0.6, 1.2, 1.5, 1.0, 1.0, 5.0),
    "C23": (0.0, 0.05, 0.0, 2.5, 2.0, 30.0),
    "C30": (0.15, 0.2, 0.5, 1.6, 0.3, 5.0),
    "C31": (0.0, 0.0, 0.0, 1.5, 0.5, 30.0),
    "C40": (1.0, 1.0, 0.5, 2.0, 1.5, 8.0),
    "C50": (0.15, 0.6, 0.6, 1.2, 3.0, 12.0),
    "C90": (0.1, 0.3, 1.0, 1.0, 2.0, 20.0),
    "D10": (0.0, 0.0, 0.1, 0.0, 3.0, 4.0),
    "D20": (0.3, 0.0, 0.3, 0.0, 2.0, 0.0),
    "E10": (3.0, 3.0, 3.0, 0.1, 0.0, 1.0),
    "E20": (0.1, 0.5, 0.0, 0.3, 8.0, 8.0),
    "E30": (0.35, 0.8, 12.0, 0.05, 0.0, 3.0),
    "F90": (0.4, 0.8, 2.0, 0.3, 2.0, 5.0),
}


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites of a city.

    Attributes
    ----------
    x, y : float64
        Place, metres, on land.
    kind : int8
        VILLAGE, NEIGHBOURHOOD, PARK, SCHOOL, FIRM or CENTRE.
    size : float64
        How much it draws, 1 on average.
    county : int16
        Index into the counties of the city.
    town : int32
        Nearest town, counted within the county from 0, for names.
    number : int64
        Counts the sites of one kind by town from 1, for names.
    """

    x: Floats
    y: Floats
    kind: npt.NDArray[np.int8]
    size: Floats
    county: npt.NDArray[np.int16]
    town: npt.NDArray[np.int32]
    number: npt.NDArray[np.int64]


def place_sites(
    ground: Ground,
    fabric: Fabric,
    villages: Villages,
    residents: tuple[npt.NDArray[np.int64], Floats],
    *,
    water: Water,
    random: np.random.Generator,
) -> Sites:
    """Return the sites of a city, uneven on purpose: quarters far out have fewer, half the villages have none.

    Parameters
    ----------
    ground, fabric, villages : Ground, Fabric, Villages
        The city.
    residents : (int64 array, float64 array)
        Inhabited cells (flat index) and their residents.
    water : Water
        Where no site can be.
    random : numpy.random.Generator
        Source of chance.
    """
    grid = ground.grid
    cell, people = residents
    score = np.full(grid.rows * grid.columns, 1.3, dtype=np.float32)
    score[fabric.cell] = fabric.score
    county = ground.county.ravel()
    is_town = np.isin(cell, fabric.cell)
    # Public investment follows people with a lag: the core is served first, and some quarters are behind.
    favour = np.exp(-0.75 * score[cell]) * np.exp(0.75 * grid.noise(random, 3_000.0).ravel()[cell])
    parks = fabric.cell[fabric.weight == 0]
    parks = parks[~water.holds(*grid.centres(parks))]
    chosen: list[tuple[npt.NDArray[np.int64], int]] = []
    for index in range(len(ground.counties)):
        row = ground.counties.row(index, named=True)
        own, luck = county[cell] == index, random.uniform(0.75, 1.25, 5)
        town = own & is_town
        far = np.flatnonzero(own)
        near = np.flatnonzero(town) if town.any() else far
        core = people[near] * np.exp(-1.3 * score[cell[near]])
        even = people[near] * favour[near]
        park = parks[county[parks] == index]
        for kind, cells, weight, count in (
            (NEIGHBOURHOOD, cell[near], even, row["urban"] / _RESIDENTS_PER_NEIGHBOURHOOD * luck[0]),
            (PARK, park, np.ones(len(park)), row["urban"] / _RESIDENTS_PER_PARK * luck[1]),
            (SCHOOL, cell[near], even, _URBAN_SCHOOLS * row["total"] / _RESIDENTS_PER_SCHOOL),
            (SCHOOL, cell[far], people[far], (1.0 - _URBAN_SCHOOLS) * row["total"] / _RESIDENTS_PER_SCHOOL),
            (FIRM, cell[near], core, row["urban"] / _RESIDENTS_PER_FIRM * luck[2]),
            (CENTRE, cell[near], core, max(row["total"] / _RESIDENTS_PER_CENTRE, 1.0)),
        ):
            chosen.append((_draw(cells, weight, count, random), kind))
    picked = np.concatenate([cells for cells, _ in chosen])
    kinds = np.repeat([kind for _, kind in chosen], [len(cells) for cells, _ in chosen])
    x, y = grid.centres(picked)
    x = x + random.uniform(-0.4, 0.4, len(x)) * CELL_M
    y = y + random.uniform(-0.4, 0.4, len(y)) * CELL_M
    size = random.lognormal(-0.18, 0.6, len(x))
    square_x, square_y, square_size, square_county = _squares(ground, villages, random)
    x, y = np.concatenate((x, square_x)), np.concatenate((y, square_y))
    kinds = np.concatenate((kinds, np.full(len(square_x), VILLAGE))).astype(np.int8)
    owner = np.concatenate((county[picked].astype(np.int16), square_county))
    size = np.concatenate((size, square_size))
    dry = ~water.holds(x, y) & ground.lies_in(owner, x, y)
    x, y = x[dry], y[dry]
    kinds, owner = kinds[dry], owner[dry]
    town = _nearest_town(ground, x, y, owner)
    keys = pl.DataFrame({"county": owner, "town": town, "kind": kinds})
    number = keys.select(pl.int_range(pl.len()).over("county", "town", "kind") + 1).to_series().to_numpy()
    return Sites(x, y, kinds, size[dry], owner, town, number)


def _draw(
    cells: npt.NDArray[np.int64], weight: Floats, count: float, random: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return about ``count`` different cells, the heavier the likelier (Gumbel top-k)."""
    wanted = min(round(count), len(cells))
    with np.errstate(divide="ignore"):
        key = np.log(weight) + random.gumbel(size=len(cells))
    best = np.argpartition(-key, wanted - 1)[:wanted] if wanted > 0 else np.zeros(0, dtype=np.int64)
    return cells[np.sort(best)]


def _squares(
    ground: Ground, villages: Villages, random: np.random.Generator
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int16]]:
    """Return the village squares: a slot near the middle of half the villages, large villages first."""
    share = np.clip(_VILLAGES_WITH_SQUARE * random.uniform(0.72, 1.3, len(ground.counties)), 0.0, 0.9)
    picked = []
    for index in range(len(ground.counties)):
        own = np.flatnonzero(villages.county == index)
        picked.append(_draw(own, villages.residents[own], share[index] * len(own), random))
    village = np.concatenate(picked)
    slot = (villages.slot_start[village] + villages.slot_start[village + 1] - 1) // 2
    size = np.clip(villages.residents[village] / 330.0, 0.3, 3.0)
    return villages.slot_x[slot], villages.slot_y[slot], size, villages.county[village]


def _nearest_town(ground: Ground, x: Floats, y: Floats, county: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
    """Return the nearest town of the own county for each site, numbered within the county from 0."""
    found = np.zeros(len(x), dtype=np.int32)
    for index in range(len(ground.counties)):
        own, towns = np.flatnonzero(county == index), np.flatnonzero(ground.centres.county == index)
        if len(own):
            away = np.hypot(x[own, None] - ground.centres.x[towns], y[own, None] - ground.centres.y[towns])
            found[own] = np.argmin(away, axis=1)
    return found


def fill_sites(
    sites: Sites, types: pl.DataFrame, counts: npt.NDArray[np.int64], random: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
    """Return which site and which type each venue has.

    Parameters
    ----------
    sites : Sites
        Sites of a city.
    types : polars.DataFrame
        As `venue_counts.type_counts`.
    counts : int64, shape (counties of the city, types)
        Venues to place.
    random : numpy.random.Generator
        Source of chance.

    Returns
    -------
    site : int64, shape (v,)
    type_index : int16, shape (v,)
        Row of ``types``.
    """
    table = np.array([AFFINITY[code] for code in types["venue_type_code"]])
    site_parts, type_parts = [], []
    for county in range(len(counts)):
        own = np.flatnonzero(sites.county == county)
        for kind_of_venue, count in enumerate(counts[county]):
            draw = table[kind_of_venue][sites.kind[own]] * sites.size[own]
            weight = draw if draw.sum() else sites.size[own]
            site_parts.append(own[random.choice(len(own), size=int(count), p=weight / weight.sum())])
            type_parts.append(np.full(int(count), kind_of_venue, dtype=np.int16))
    return np.concatenate(site_parts), np.concatenate(type_parts)
