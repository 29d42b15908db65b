"""Put the demo province together: survey the ground, settle it, draw its streets, place its venues."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from geodata.cells import cell_names
from geodata.crs import unproject
from kernel.errors import UsageError
from kernel.progress import Progress, silent
from warehouse import reference_tables
from warehouse.demo import reference
from warehouse.demo.boundaries import Boundaries, load_boundaries, region_frame
from warehouse.demo.codes import code_list_frame, holiday_frame
from warehouse.demo.grid import CELL_M, Flags, Floats
from warehouse.demo.habitat import Fabric, Villages, build_fabric, build_villages, settle
from warehouse.demo.network import build_network, street_frame
from warehouse.demo.people import population_frame, spread_residents
from warehouse.demo.segments import Segments
from warehouse.demo.settlements import Ground, survey, town_canals
from warehouse.demo.town_streets import town_streets
from warehouse.demo.venue_places import Kerbs
from warehouse.demo.venue_sites import Sites, place_sites
from warehouse.demo.venues import draw_venues, venue_frame
from warehouse.demo.water import Courses, Water, known_courses
from warehouse.demo.water_areas import water_frame

# Zhenjiang and Yangzhou face each other over the Yangtze.
SIZES: dict[str, tuple[str, ...]] = {
    "small": ("321000", "321100"),
    "province": tuple(reference_tables.table("cities")["adcode"].to_list()),
}
_DEGREE_DECIMALS = 7


@dataclass(frozen=True, slots=True)
class _City:
    """What is known of a city once it is settled."""

    ground: Ground
    fabric: Fabric
    villages: Villages
    streets: Segments
    is_edge: np.ndarray
    cells: pl.DataFrame
    sites: Sites


def generate_ground(size: str, seed: int, progress: Progress = silent) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the ground of the demo, where everything happens, in the columns of the contracts.

    Parameters
    ----------
    size : str
        ``small`` (Zhenjiang and Yangzhou) or ``province`` (all 13 cities).
    seed : int
        Same size and seed, same frames.
    progress : Progress
        Told how many cities are done in the steps ``demo_ground``, ``demo_cities``, ``demo_streets`` and
        ``demo_venues``.

    Yields
    ------
    (str, polars.DataFrame)
        ``region, population, code_list, holiday, water, population_cell, street, venue`` in this order. Boundaries,
        census, code lists and holidays are facts; water, cells, streets and venues are generated.

    Raises
    ------
    UsageError
        When the size is not known.
    """
    cities = cities_of(size)
    census = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(cities)))
    is_whole = len(cities) == len(SIZES["province"])
    top = [reference.PROVINCE_CODE] if is_whole else []
    boundaries = load_boundaries([*top, *cities, *census["adcode"]])
    yield "region", region_frame(boundaries, cities, is_whole=is_whole)
    yield "population", population_frame(census)
    yield "code_list", code_list_frame()
    yield "holiday", holiday_frame()
    grounds, courses = _surveyed(cities, boundaries, seed, progress)
    yield "water", water_frame(courses, np.array([boundaries.of(city) for city in cities], dtype=object))
    barriers = Water(courses)
    settled = []
    for done, ground in enumerate(grounds):
        settled.append(_settled(ground, barriers, seed))
        progress("demo_cities", done + 1, len(grounds))
    yield "population_cell", pl.concat([city.cells for city in settled])
    progress("demo_streets", 0, 1)
    towns = [(city.streets, city.is_edge) for city in settled]
    random = np.random.default_rng([seed, 5])
    network = build_network(towns, [city.villages for city in settled], _country(settled), barriers, random)
    yield "street", street_frame(network)
    progress("demo_streets", 1, 1)
    places = [(city.ground, city.sites) for city in settled]
    yield "venue", venue_frame(places, draw_venues(places, seed), Kerbs(network), barriers, seed)
    progress("demo_venues", 1, 1)


def cities_of(size: str) -> tuple[str, ...]:
    """Return the codes of the cities of a size.

    Raises
    ------
    UsageError
        When the size is not known.
    """
    if size not in SIZES:
        raise UsageError(f"There is no demo of size {size!r}.", fix=f"Use one of {', '.join(SIZES)}.")
    return SIZES[size]


def water(size: str, seed: int) -> pl.DataFrame:
    """Return the water that the streets of this demo respect, exactly; the dataset ``water`` is this, made lighter.

    Returns
    -------
    polars.DataFrame
        ``water_code`` (empty for canals of towns), ``geometry`` (WKB polygons, WGS-84).
    """
    cities = cities_of(size)
    census = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(cities)))
    boundaries = load_boundaries([*cities, *census["adcode"]])
    _, courses = _surveyed(cities, boundaries, seed, silent)
    window = shapely.box(*shapely.total_bounds(boundaries.metres))
    polygons = np.concatenate((courses.wide, shapely.buffer(courses.line, courses.half_width_m, cap_style="flat")))
    codes = courses.codes
    near = shapely.intersects(polygons, window)
    shapes = shapely.transform(polygons[near], lambda xy: np.column_stack(unproject(xy[:, 0], xy[:, 1])))
    return pl.DataFrame(
        {
            "water_code": [code for code, is_near in zip(codes, near, strict=True) if is_near],
            "geometry": pl.Series(list(shapely.to_wkb(shapes)), dtype=pl.Binary),
        }
    )


def _surveyed(
    cities: Sequence[str], boundaries: Boundaries, seed: int, progress: Progress
) -> tuple[list[Ground], Courses]:
    """Return the ground of each city and all water, the canals of towns included."""
    courses = known_courses()
    great_water = Water(courses)
    grounds = []
    for done, city in enumerate(cities):
        random = np.random.default_rng([seed, int(city), 1])
        ground = survey(city, boundaries, great_water, random)
        courses = courses.with_lines(*town_canals(ground, random))
        grounds.append(ground)
        progress("demo_ground", done + 1, len(cities))
    return grounds, courses


def _settled(ground: Ground, barriers: Water, seed: int) -> _City:
    random = np.random.default_rng([seed, int(ground.city), 2])
    fabric = build_fabric(ground, barriers, random)
    villages = build_villages(ground, fabric, random)
    cell, weight, is_rural, score = settle(ground, fabric, villages, barriers, random)
    county = ground.county.ravel()[cell]
    bands = spread_residents(county, weight, is_rural, score, ground.counties)
    lived_in = bands.sum(axis=1) > 0
    cell, bands = cell[lived_in], bands[lived_in]
    people = bands.sum(axis=1)
    streets, is_edge = town_streets(ground, fabric, np.random.default_rng([seed, int(ground.city), 3]))
    sites = place_sites(
        ground,
        fabric,
        villages,
        (cell, people.astype(float)),
        water=barriers,
        random=np.random.default_rng([seed, int(ground.city), 4]),
    )
    return _City(ground, fabric, villages, streets, is_edge, _cell_frame(ground, cell, bands), sites)


def _country(cities: Sequence[_City]) -> Callable[[Floats, Floats], Flags]:
    """Return the test whether positions lie in one of the cities, but not in a town."""
    open_land = []
    for city in cities:
        land = (city.ground.county >= 0).ravel()
        land[city.fabric.cell] = False
        # One more entry, for positions outside the window: index -1.
        open_land.append((city.ground.grid, np.append(land, False)))

    def is_country(x: Floats, y: Floats) -> Flags:
        found = np.zeros(len(x), dtype=bool)
        for grid, land in open_land:
            found |= land[grid.index(x, y)]
        return found

    return is_country


def _cell_frame(ground: Ground, cell: np.ndarray, bands: Floats) -> pl.DataFrame:
    """Return the inhabited cells of a city in the columns of the contract."""
    x, y = ground.grid.centres(cell)
    lon, lat = unproject(x, y)
    return pl.DataFrame(
        {
            "cell_id": cell_names(np.floor(x / CELL_M), np.floor(y / CELL_M)),
            "lon": lon.round(_DEGREE_DECIMALS),
            "lat": lat.round(_DEGREE_DECIMALS),
            "size_m": np.full(len(cell), CELL_M),
            "region_code": ground.counties["adcode"].to_numpy()[ground.county.ravel()[cell]].astype(str),
            "resident_count": bands.sum(axis=1).astype(np.float64),
            **{name: bands[:, k].astype(np.float64) for k, name in enumerate(reference.CELL_BANDS)},
        }
    )
