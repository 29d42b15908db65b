"""Sessions that instructors led and recorded: few record, and those who do have a place of their own."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.instants import instants
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.picking import Picker
from warehouse.demo.world import World

NEEDS = ("venue", "instructor")
# Recorded sessions in the middle year (assumption: the platform spread fast; no count is published).
SESSIONS_A_YEAR, GROWTH = 90_000, 0.45
# Share of the register that uses the platform at all (assumption).
_RECORDING = 0.19
_ONLINE, _RATED = 0.07, 0.45
_PLACES = ("F90", "E10", "E20", "A12")
_BUSY_FACTOR = 15
# Cells left empty in a county of average order (assumption).
_GAPS = {"discipline_code": 0.015}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``instructor_service``: evenings and weekends, more in livelier counties and every year."""
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy() ** 2.5
    counts = world.monthly(
        "instructor_service",
        SESSIONS_A_YEAR,
        weights=weights,
        profile="trail_park",
        growth=GROWTH,
        closes=0.7,
        noise=0.12,
    )
    rows = world.rows("instructor_service", counts, on_days_off=1.1)
    random = world.random("instructor_service")
    pool = _pool(world, random)
    who = Picker(pool["county_index"].to_numpy(), pool["diligence"].to_numpy()).pick(rows["county_index"], random)
    start = pool["registered_on"].to_numpy()[np.maximum(who, 0)]
    is_there = pl.Series((who >= 0) & (start < rows["date"].to_numpy()))
    rows, who = rows.filter(is_there), who[is_there.to_numpy()]
    count = rows.height
    years = (rows["date"] - FIRST_DAY).dt.total_days().to_numpy() / 365
    is_online = random.random(count) < _ONLINE * (0.5 + 0.25 * years)
    served = np.maximum(1, random.lognormal(3.1, 0.6, count) * np.where(is_online, 2.2, 1.0)).round()
    stars = np.clip(pool["quality"].to_numpy()[who] + random.normal(0, 0.45, count), 1, 5).round(1)
    frame = rows.select("region_code", "date").with_columns(
        instructor_id=pool["instructor_id"].gather(who),
        venue_id=pl.when(pl.Series(~is_online)).then(pool["venue_id"].gather(who)),
        discipline_code=pool["discipline_code"].gather(who),
        started_at=instants(rows["date"], _hours(count, random)),
        minutes=pl.Series(np.clip(random.normal(82, 24, count), 30, 240).round(-1).astype(np.int64)),
        is_online=pl.Series(is_online),
        served_count=pl.Series(served.astype(np.int64)),
        rating=pl.Series(np.where(random.random(count) < _RATED, stars, np.nan)).fill_nan(None),
    )
    frame = _with_copied_month(world, _with_busy_instructor(world, frame))
    number = ("SV" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("service_id")
    made = frame.sort("started_at", "instructor_id", maintain_order=True).select(
        number,
        *("instructor_id", "region_code", "venue_id", "discipline_code", "started_at"),
        *("minutes", "is_online", "served_count", "rating"),
    )
    # Shanghai time sent as if it were UTC: an evening in the park begins at three in the morning.
    is_shifted = lapses(world, made["region_code"], 0.004, "instructor_service", "zone")
    moment = pl.when(is_shifted).then(pl.col("started_at") + pl.duration(hours=8)).otherwise(pl.col("started_at"))
    made = made.with_columns(started_at=moment)
    return with_gaps(world, "instructor_service", made, _GAPS)


def _pool(world: World, random: np.random.Generator) -> pl.DataFrame:
    """Return the instructors who record, with county, home venue, diligence and quality."""
    register = world.frames["instructor"]
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    county = register["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    records = random.random(register.height) < _RECORDING * world.counties["vigour"].to_numpy()[county] ** 1.5
    is_in = records & (register["state"] == "active").to_numpy()
    pool, county = register.filter(pl.Series(is_in)), county[is_in]
    venues = world.frames["venue"].filter((pl.col("status") == "open") & pl.col("venue_type_code").is_in(_PLACES))
    home = Picker(venues["region_code"].replace_strict(index_of, return_dtype=pl.Int64)).pick(county, random)
    return pool.select("instructor_id", "discipline_code", "registered_on").with_columns(
        county_index=pl.Series(county),
        venue_id=venues["venue_id"].gather(np.maximum(home, 0)),
        diligence=pl.Series(random.lognormal(0, 0.6, pool.height)),
        quality=pl.Series(random.normal(4.35, 0.35, pool.height)),
    )


def _hours(count: int, random: np.random.Generator) -> Floats:
    """Return hours of the day: mornings, some afternoons, most in the evening."""
    part = random.choice(3, count, p=(0.34, 0.14, 0.52))
    return np.array([6.0, 14.0, 18.3])[part] + np.array([2.5, 2.5, 1.9])[part] * random.beta(1.5, 1.8, count)


def _with_busy_instructor(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Plant one instructor whose sessions of a month count many times the people."""
    chosen = frame.filter(pl.col("date").dt.strftime("%Y-%m") == world.months[50])
    busiest = chosen.group_by("instructor_id").agg(count=pl.len()).sort(["count", "instructor_id"], descending=True)
    who = str(busiest["instructor_id"][0])
    own = (pl.col("instructor_id") == who) & (pl.col("date").dt.strftime("%Y-%m") == world.months[50])
    found = chosen.filter(pl.col("instructor_id") == who)
    world.plant(
        "instructor_service",
        "outlier",
        region_code=found["region_code"][0],
        entity=who,
        started_on=found["date"].sort()[0],
        ended_on=found["date"].sort()[-1],
        factor=float(_BUSY_FACTOR),
        note="an instructor claims fifteen times the people for a month",
    )
    times = pl.when(own).then(pl.lit(_BUSY_FACTOR)).otherwise(pl.lit(1))
    return frame.with_columns(served_count=pl.col("served_count") * times)


def _with_copied_month(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Plant a county whose records of one month are last month's again, four weeks later."""
    random = world.random("instructor_service copy")
    counties = world.counties
    large = np.argsort(-counties["residents"].to_numpy())[: max(1, counties.height // 3)]
    code = counties["region_code"][int(large[int(random.integers(0, len(large)))])]
    month = world.days.filter(pl.col("month_index") == 44)["date"]
    is_target = (pl.col("region_code") == code) & pl.col("date").is_between(month[0], month[-1])
    shift = pl.duration(days=28)
    before = pl.col("date").is_between(month[0] - pl.select(shift).item(), month[-1] - pl.select(shift).item())
    copied = frame.filter((pl.col("region_code") == code) & before).with_columns(
        pl.col("date") + shift, pl.col("started_at") + shift
    )
    world.plant(
        "instructor_service",
        "repeated",
        region_code=code,
        started_on=month[0],
        ended_on=month[-1],
        note="a county sent the records of four weeks before again as its month",
    )
    return pl.concat([frame.filter(~is_target), copied])
