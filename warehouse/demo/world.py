"""The world that generated records live in: counties, days, what was generated before, and what was planted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse import reference_tables
from warehouse.demo import calendar, reference
from warehouse.demo.grid import Floats
from warehouse.demo.people import largest_remainder
from warehouse.demo.planted import Planted

Ints = npt.NDArray[np.int64]
_Part = TypeVar("_Part")

# Shocks of single county-months planted in every dataset that is drawn month by month.
_SPIKES, _DROPS, _SHIFTS = 4, 4, 2
# Growth of the cities' product after the last printed year (assumption).
_GDP_GROWTH = 1.05
_LAST_PRINTED_GDP = 2023


@dataclass(slots=True, weakref_slot=True)
class World:
    """What every generator of records may use; the same size and seed give the same records.

    Attributes
    ----------
    seed : int
        Of the demo.
    cities : tuple of str
        Codes of the cities of this size of demo.
    frames : mapping
        Datasets generated so far: the ground (``region, population, venue, population_cell`` ...) and what a
        generator's ``NEEDS`` names.
    planted : list of Planted
        Ground truth; generators append what they plant themselves.
    delivered : dict
        Dataset -> its rows by ``city_code, month`` (``YYYY-MM``), for the datasets that cities deliver month by month.
    """

    seed: int
    cities: tuple[str, ...]
    frames: Mapping[str, pl.DataFrame]
    planted: list[Planted] = field(default_factory=list)
    delivered: dict[str, pl.DataFrame] = field(default_factory=dict)
    _parts: dict[str, object] = field(default_factory=dict)

    def random(self, *names: str) -> np.random.Generator:
        """Return the chance of one purpose: equal names, equal numbers, whatever else was drawn before."""
        return np.random.default_rng([self.seed, *(zlib.crc32(name.encode()) for name in names)])

    @property
    def counties(self) -> pl.DataFrame:
        """Return the counties in the order of their codes.

        ``region_code, city_code, region_name, residents, urban_share, youth_count (5-19), aged_count (60+),
        seat_lon, seat_lat`` and three latent factors of mean about 1: ``wealth`` (product a head of the city, towns
        above villages), ``vigour`` (how much sport people do; leans on wealth) and ``order`` (how well the bureau
        keeps its books; leans on wealth).
        """
        return self._kept("counties", self._counties)

    @property
    def days(self) -> pl.DataFrame:
        """Return `warehouse.demo.calendar.days`."""
        return calendar.days()

    @property
    def months(self) -> list[str]:
        """Return the 60 months as ``YYYY-MM``."""
        return calendar.months()

    @property
    def share(self) -> float:
        """Return the share of the province's residents that this demo holds: 1 for the whole province."""
        whole = int(reference.census_by_division()["total"].to_numpy().sum())
        return int(self.counties["residents"].to_numpy().sum()) / whole

    def scaled(self, provincial_count: float) -> int:
        """Return what a published provincial count means for this size of demo, at least 1."""
        return max(1, round(provincial_count * self.share))

    def spread(self, total: int, weights: Floats) -> Ints:
        """Return whole numbers proportional to weights that sum to the total exactly."""
        return largest_remainder(np.asarray(weights, dtype=np.float64), total)

    def monthly(
        self,
        dataset: str,
        yearly_count: float,
        *,
        weights: Floats | None = None,
        profile: str = "flat",
        growth: float = 0.0,
        closes: float = 1.0,
        noise: float = 0.15,
        plants: bool = True,
    ) -> Ints:
        """Return how many records of a dataset each county has in each month.

        Parameters
        ----------
        dataset : str
            Whose shocks are planted.
        yearly_count : float
            Records a year in the whole province in the middle of the five years; scaled to this demo.
        weights : float64, shape (counties,), optional
            Share of each county, default residents x vigour.
        profile : str
            Season: ``flat`` or one of `calendar.SEASONS`.
        growth : float
            Yearly growth, e.g. 0.05.
        closes : float
            How strongly epidemic closures bite: 0 not at all, 1 fully.
        noise : float
            Log standard deviation of a county's month.
        plants : bool
            Whether spikes, drops and a lasting shift are planted and recorded.

        Returns
        -------
        int64, shape (counties, 60)
        """
        if weights is None:
            weights = self.counties["residents"].to_numpy() * self.counties["vigour"].to_numpy()
        years = (np.arange(calendar.MONTH_COUNT) - calendar.MONTH_COUNT / 2) / 12
        per_month = self.scaled(yearly_count) / 12 * calendar.season(profile) * (1 + growth) ** years
        expected = np.outer(weights / weights.sum(), per_month)
        expected = expected * (1 - closes * (1 - self.month_closure))
        random = self.random("monthly", dataset)
        expected *= random.lognormal(-(noise**2) / 2, noise, expected.shape)
        if plants:
            expected *= self.shocks(dataset)
        return random.poisson(expected).astype(np.int64)

    def shocks(self, dataset: str) -> Floats:
        """Plant spikes, drops and lasting shifts in county-months of a dataset; return factors (counties, 60).

        They lie in the last 36 months, in counties of some size, and are recorded as ground truth once.
        """
        return self._kept(f"shocks {dataset}", lambda: self._shocks(dataset))

    def rows(self, dataset: str, counts: Ints, *, on_days_off: float = 1.0) -> pl.DataFrame:
        """Return one row a record: ``region_code, city_code, county_index, date``, dates drawn day by day.

        Parameters
        ----------
        dataset : str
            Names the chance.
        counts : int64, shape (counties, 60)
            From `monthly`.
        on_days_off : float
            Factor on weekends and holidays: 0 for what offices do, 1 for what people do when they like, more for
            events.
        """
        random = self.random("rows", dataset)
        county = np.repeat(np.arange(counts.shape[0]), counts.sum(axis=1))
        month = np.concatenate([np.repeat(np.arange(counts.shape[1]), row) for row in counts])
        weight = self._day_weights(on_days_off)
        city = self.counties["city_code"].to_numpy()
        index_of = {code: place for place, code in enumerate(self.cities)}
        city_index = np.array([index_of[code] for code in city])[county]
        start, end = self._month_bounds
        total = np.concatenate((np.zeros((len(self.cities), 1)), np.cumsum(weight, axis=1)), axis=1)
        low, high = total[city_index, start[month]], total[city_index, end[month]]
        drawn = low + random.random(len(county)) * (high - low)
        day = np.empty(len(county), dtype=np.int64)
        for place in range(len(self.cities)):
            own = city_index == place
            day[own] = np.searchsorted(total[place], drawn[own], side="right") - 1
        day = np.clip(day, start[month], end[month] - 1)
        return pl.DataFrame(
            {
                "region_code": self.counties["region_code"].to_numpy()[county],
                "city_code": city[county],
                "county_index": county,
                "date": self.days["date"].to_numpy()[day],
            }
        ).cast({"region_code": pl.String, "city_code": pl.String, "date": pl.Date})

    def points(self, region_code: pl.Series, name: str) -> pl.DataFrame:
        """Return a place for each county code: ``lon, lat`` (WGS-84) where people live, drawn by residents."""
        cells = self._kept("cells", self._cells)
        random = self.random("points", name)
        lon, lat = np.empty(len(region_code)), np.empty(len(region_code))
        codes = region_code.to_numpy()
        for code in np.unique(codes):
            own = np.flatnonzero(codes == code)
            if code not in cells:
                raise ValueError(f"nobody lives in {code}")
            cell_lon, cell_lat, people = cells[code]
            chosen = np.searchsorted(people, random.random(len(own)) * people[-1], side="right")
            lon[own] = cell_lon[chosen] + random.uniform(-4e-4, 4e-4, len(own))
            lat[own] = cell_lat[chosen] + random.uniform(-4e-4, 4e-4, len(own))
        return pl.DataFrame({"lon": lon.round(6), "lat": lat.round(6)})

    def person_keys(self, purpose: str, numbers: npt.ArrayLike) -> pl.Series:
        """Return pseudonyms: 16 hexadecimal digits for each number of a person, different for each purpose."""
        base = np.asarray(numbers, dtype=np.uint64)
        salt = np.uint64(zlib.crc32(f"{self.seed} {purpose}".encode()))
        with np.errstate(over="ignore"):
            mixed = (base + salt * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(31)
            mixed *= np.uint64(0x94D049BB133111EB)
        # Odd multiplications and a shifted xor are invertible, so two people never share a key.
        return pl.Series([f"{value:016x}" for value in mixed.tolist()], dtype=pl.String)

    def gdp_cny(self, city_code: str, year: int) -> float:
        """Return the product of a city in a year, in yuan: printed until 2023, then 5 % a year (assumption)."""
        row = reference_tables.table("cities").filter(pl.col("adcode") == city_code).row(0, named=True)
        printed = float(row[f"gdp_{min(year, _LAST_PRINTED_GDP)}"])
        return printed * 1e8 * _GDP_GROWTH ** max(0, year - _LAST_PRINTED_GDP)

    def plant(
        self,
        dataset: str,
        kind: str,
        *,
        started_on: date,
        ended_on: date,
        note: str,
        region_code: str | None = None,
        entity: str | None = None,
        factor: float | None = None,
    ) -> None:
        """Record what a generator planted; see `warehouse.demo.planted.Planted`."""
        self.planted.append(Planted(dataset, kind, region_code, entity, started_on, ended_on, factor, note))

    @property
    def month_closure(self) -> Floats:
        """Return the mean closure factor of each county's month, shape (counties, 60)."""
        start, end = self._month_bounds
        of_city = {
            code: np.array([calendar.closure(code)[a:b].mean() for a, b in zip(start, end, strict=True)])
            for code in self.cities
        }
        return np.array([of_city[code] for code in self.counties["city_code"]])

    @property
    def _month_bounds(self) -> tuple[Ints, Ints]:
        """Return the first day of each month and the day after its last, as places in ``days``."""
        month = self.days["month_index"].to_numpy()
        numbers = np.arange(calendar.MONTH_COUNT)
        return np.searchsorted(month, numbers), np.searchsorted(month, numbers, side="right")

    def _day_weights(self, on_days_off: float) -> Floats:
        """Return the weight of every day in every city, shape (cities, days)."""
        off = self.days["is_off"].to_numpy()
        activity = self.days["activity"].to_numpy()
        base = np.where(off, activity * on_days_off, activity if on_days_off else 1.0)
        return np.array([base * calendar.closure(code) for code in self.cities]) + 1e-9

    def _shocks(self, dataset: str) -> Floats:
        counties, months = self.counties, self.months
        factors = np.ones((counties.height, len(months)))
        random = self.random("shocks", dataset)
        large = np.argsort(-counties["residents"].to_numpy())[: max(3, counties.height * 2 // 3)]
        plan = ["spike"] * _SPIKES + ["drop"] * _DROPS + ["shift"] * _SHIFTS
        chosen = random.choice(len(large) * 30, size=len(plan), replace=False)
        start, end = self._month_bounds
        for kind, number in zip(plan, chosen.tolist(), strict=True):
            county, month = int(large[number // 30]), 26 + number % 30
            factor = {"spike": random.uniform(1.8, 3.0), "drop": random.uniform(0.2, 0.5), "shift": 0.65}[kind]
            last = len(months) if kind == "shift" else month + 1
            factors[county, month:last] *= factor
            self.plant(
                dataset,
                kind,
                region_code=counties["region_code"][county],
                started_on=self.days["date"][int(start[month])],
                ended_on=self.days["date"][int(end[last - 1]) - 1],
                factor=round(float(factor), 3),
                note=f"{kind} of a county's months, planted",
            )
        return factors

    def _cells(self) -> dict[str, tuple[Floats, Floats, Ints]]:
        """Return longitudes, latitudes and running totals of residents of each county's cells."""
        cells = self.frames["population_cell"].sort("region_code", "cell_id")
        return {
            str(code): (part["lon"].to_numpy(), part["lat"].to_numpy(), np.cumsum(part["resident_count"].to_numpy()))
            for (code,), part in cells.select("region_code", "lon", "lat", "resident_count")
            .partition_by("region_code", as_dict=True)
            .items()
        }

    def _counties(self) -> pl.DataFrame:
        census = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(self.cities))).sort("adcode")
        cities = reference_tables.table("cities").select(
            city_adcode="adcode",
            head=pl.col("gdp_2022").cast(pl.Float64) / pl.col("pop_2020_census").cast(pl.Float64) * 1e8,
        )
        frame = census.join(cities, on="city_adcode", how="left", maintain_order="left")
        urban = frame["urban"].to_numpy() / frame["total"].to_numpy()
        # A head's product of the whole province in 2022 was about 144,000 yuan.
        wealth = (frame["head"].to_numpy() / 144_000) ** 0.6 * (0.75 + 0.35 * urban)
        random = self.random("counties")
        vigour = wealth**0.35 * random.lognormal(0, 0.10, frame.height)
        order = wealth**0.30 * random.lognormal(0, 0.15, frame.height)
        bands = reference.age_bands()
        young, aged = ("5_9", "10_14", "15_19"), ("60_64", "65_69", "70_74", "75_79", "80_84", "85_plus")
        if not set(young + aged) <= set(bands):
            raise ValueError("the census has other age bands")
        return frame.select(
            region_code="adcode",
            city_code="city_adcode",
            region_name="name_zh",
            residents="total",
            urban_share=pl.Series(urban),
            youth_count=pl.sum_horizontal(f"{sex}_{band}" for sex in ("male", "female") for band in young),
            aged_count=pl.sum_horizontal(f"{sex}_{band}" for sex in ("male", "female") for band in aged),
            seat_lon="seat_lon_wgs84",
            seat_lat="seat_lat_wgs84",
            wealth=pl.Series(wealth / wealth.mean()),
            vigour=pl.Series(vigour / vigour.mean()),
            order=pl.Series(order / order.mean()),
        )

    def _kept(self, name: str, make: Callable[[], _Part]) -> _Part:
        if name not in self._parts:
            self._parts[name] = make()
        return cast("_Part", self._parts[name])
