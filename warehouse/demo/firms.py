"""Units of the sports industry in the demo: what the classes are worth, and who was open on a day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse import reference_tables
from warehouse.demo.grid import Floats
from warehouse.demo.people import largest_remainder
from warehouse.demo.world import Ints, World

Days = npt.NDArray[np.datetime64]

# Output and value added of the province, in 100 million yuan. Published: output of 2020, 2021 and 2022 and the target
# 7,200 of 2025, value added of 2020 and 2023 (calibration.csv); the others lie between (assumption).
OUTPUT = {2020: 4881.80, 2021: 5652.78, 2022: 5963.68, 2023: 6350.0, 2024: 6760.0, 2025: 7190.0}
VALUE_ADDED = {2020: 1641.79, 2021: 1922.0, 2022: 2051.0, 2023: 2206.8, 2024: 2375.0, 2025: 2550.0}
# Value added by main class in per cent: services 67 % in 2020 and 69 % in 2025 of it, of which the national accounts
# of 2015 and 2023 give the order of the classes (assumption).
_VALUE_SHARES = {
    "01": 3.0,
    "02": 1.5,
    "03": 6.5,
    "04": 9.0,
    "05": 1.5,
    "06": 10.0,
    "07": 3.5,
    "08": 8.0,
    "09": 30.5,
    "10": 25.0,
    "11": 1.5,
}
# Value added per yuan of output in the national accounts of 2015; 10 from the rest of the table, 11 an assumption.
_VALUE_RATIOS = {
    "01": 0.50,
    "02": 0.35,
    "03": 0.47,
    "04": 0.535,
    "05": 0.30,
    "06": 0.775,
    "07": 0.41,
    "08": 0.467,
    "09": 0.245,
    "10": 0.436,
    "11": 0.25,
}
CLASSES = tuple(_VALUE_SHARES)
_SERVICES = np.array([code not in ("09", "11") for code in CLASSES])
_TRIES = 12


def service_share(year: int) -> float:
    """Return the share of services in the value added of a year: 67 % in 2020, 69 % in 2025."""
    return 0.67 + 0.004 * (min(max(year, 2020), 2025) - 2020)


@lru_cache(maxsize=16)
def class_totals(year: int) -> tuple[Ints, Ints]:
    """Return output and value added of the province by main class in yuan, in the order of `CLASSES`.

    Parameters
    ----------
    year : int
        One of `OUTPUT`.

    Returns
    -------
    (int64, int64), shape (11,) each
        They sum to the totals of the year exactly.
    """
    shares = np.array(list(_VALUE_SHARES.values()))
    wanted = np.where(_SERVICES, service_share(year), 1 - service_share(year))
    shares = shares / np.where(_SERVICES, shares[_SERVICES].sum(), shares[~_SERVICES].sum()) * wanted
    output = shares / np.array(list(_VALUE_RATIOS.values()))
    return (
        largest_remainder(output, round(OUTPUT[year] * 1e8)),
        largest_remainder(shares, round(VALUE_ADDED[year] * 1e8)),
    )


@lru_cache(maxsize=1)
def _products() -> tuple[tuple[str, ...], Floats]:
    rows = reference_tables.table("cities").select("adcode", product=pl.col("gdp_2022").cast(pl.Float64)).sort("adcode")
    return tuple(rows["adcode"]), rows["product"].to_numpy()


def city_weights(seed: int, year: int) -> dict[str, Floats]:
    """Return how much of each class lies in each of the 13 cities: ``{city: float64 (11,)}``, not normed.

    The product of a city, its leaning towards a class (log standard deviation 0.25) and a slow walk of the years
    (0.02 a year); the same for a part of the province and the whole.
    """
    cities, product = _products()
    leaning = np.random.default_rng([seed, 4101]).lognormal(0, 0.25, (len(cities), len(CLASSES)))
    walk = np.random.default_rng([seed, 4102]).normal(0, 0.02, (len(OUTPUT), len(cities), 1)).cumsum(axis=0)
    weights = product[:, None] * leaning * np.exp(walk[min(year, max(OUTPUT)) - min(OUTPUT)])
    return dict(zip(cities, weights, strict=True))


@dataclass(frozen=True, slots=True)
class Firms:
    """Units sorted by group: where each group begins and ends, when each unit opened and closed.

    Attributes
    ----------
    place : int64, shape (units,)
        Row of the unit in the frame it was made from.
    low, high : int64, shape (groups,)
        Range of each group in ``place``.
    opened, closed : datetime64[D], shape (units,)
        In the order of ``place``; never closed is a day far ahead.
    """

    place: Ints
    low: Ints
    high: Ints
    opened: Days
    closed: Days

    def pick(self, group: Ints, day: Days, random: np.random.Generator) -> Ints:
        """Return for each group and day a unit that was open then, -1 where none was found in 12 draws.

        Parameters
        ----------
        group : int64, shape (n,)
            Group that the unit shall be of.
        day : datetime64[D], shape (n,)
        random : numpy.random.Generator

        Returns
        -------
        int64, shape (n,)
            Rows of the frame.
        """
        found = np.full(len(group), -1, dtype=np.int64)
        size = self.high - self.low
        open_rows = np.flatnonzero(size[group] > 0)
        for _ in range(_TRIES):
            if not len(open_rows):
                break
            own = group[open_rows]
            drawn = self.low[own] + (random.random(len(own)) * size[own]).astype(np.int64)
            is_open = (self.opened[drawn] <= day[open_rows]) & (day[open_rows] < self.closed[drawn])
            found[open_rows[is_open]] = self.place[drawn[is_open]]
            open_rows = open_rows[~is_open]
        return found


def firms_by(world: World, group: Ints, groups: int) -> Firms:
    """Return the units of ``world.frames["enterprise"]`` that were open in the days of the demo, by group.

    Parameters
    ----------
    group : int64, shape (units,)
        Group of each unit, 0 to ``groups - 1``; -1 leaves it out.
    groups : int
        How many there are.
    """
    frame = world.frames["enterprise"]
    opened = frame["founded_on"].to_numpy().astype("datetime64[D]")
    closed = frame["closed_on"].fill_null(pl.date(2100, 1, 1)).to_numpy().astype("datetime64[D]")
    first = world.days["date"].to_numpy()[0].astype("datetime64[D]")
    kept = np.flatnonzero((group >= 0) & (closed > first))
    place = kept[np.argsort(group[kept], kind="stable")]
    bounds = np.searchsorted(group[place], np.arange(groups + 1))
    return Firms(place, bounds[:-1], bounds[1:], opened[place], closed[place])


def county_indices(world: World, region_code: pl.Series) -> Ints:
    """Return the place of each county code in ``world.counties``."""
    place = {code: index for index, code in enumerate(world.counties["region_code"])}
    return region_code.replace_strict(place, return_dtype=pl.Int64).to_numpy()
