"""Inspections of facilities: a panel of venues is due every quarter; bureaus that keep order come in time."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.instants import instants
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.world import Ints, World

NEEDS = ("venue", "equipment")
# Venues that are inspected in the province (assumption: no count is published), each about every quarter.
PANEL, INTERVAL_DAYS = 11_900, 91
_ROUNDS = 21
# Most are fitness paths; public halls, pools, tracks and squares make up the rest.
_TYPES = {"E10": 1.0, "F90": 0.35, "A11": 2.0, "A12": 0.5, "B12": 3.0, "C23": 3.0, "E20": 0.8, "C21": 0.3}
_OWNERS = ("public_institution", "neighbourhood", "village")
# Chances in a county of average order (assumption): late by up to a month, or not at all.
_LATE, _MISSED = 0.055, 0.018
_DEFECTS_A_VISIT, _NEVER_MENDED = 0.32, 0.03
_GRAVE = (0.74, 0.21, 0.05)
_IDLE_ROUNDS, _IDLE_COUNTIES = 2, 2
# Cells left empty in a county of average order (assumption).
_GAPS = {"checked_count": 0.02, "inspector_code": 0.01}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``inspection``: defects follow the age of the equipment that stands there."""
    random = world.random("inspection")
    panel = _panel(world, random)
    venue = np.repeat(np.arange(panel.height), _ROUNDS)
    turn = np.tile(np.arange(_ROUNDS), panel.height)
    # A third of the panel joined later; the others from the first quarter.
    joined = np.where(random.random(panel.height) < 0.33, random.integers(1, _ROUNDS, panel.height), 0)
    is_in = turn >= joined[venue]
    venue, turn = venue[is_in], turn[is_in]
    offset = random.integers(0, INTERVAL_DAYS, panel.height)
    due = turn * INTERVAL_DAYS + offset[venue]
    is_in = due <= (LAST_DAY - FIRST_DAY).days
    venue, turn, due = venue[is_in], turn[is_in], due[is_in]
    late_by, is_missed = _delays(world, panel, venue, turn, random)
    visited = _moved_to_working_days(world, due + late_by)
    is_missed |= visited > (LAST_DAY - FIRST_DAY).days
    defects = random.poisson(_DEFECTS_A_VISIT * panel["strain"].to_numpy()[venue])
    grave = 1 + (random.random(len(due))[:, None] > np.cumsum(_GRAVE)[:2]).sum(axis=1)
    mended = visited + 1 + (random.lognormal(1.6, 0.7, len(due)) / grave).astype(np.int64)
    has_mended = (defects > 0) & (random.random(len(due)) > _NEVER_MENDED) & (mended <= (LAST_DAY - FIRST_DAY).days)
    first = (FIRST_DAY - pl.Series([0]).cast(pl.Date)[0]).days
    done = pl.Series(~is_missed)
    hour = 8.5 + 8.5 * random.beta(1.4, 1.4, len(due))
    frame = pl.DataFrame(
        {
            "venue_id": panel["venue_id"].gather(venue),
            "region_code": panel["region_code"].gather(venue),
            "kind_code": pl.Series(["routine", "special", "recheck"]).gather(
                (random.random(len(due))[:, None] > np.array([0.9, 0.96])).sum(axis=1)
            ),
            "due_on": _day(first + due),
            "visited_at": instants(_day(first + visited), np.where(is_missed, np.nan, hour)),
            "interval_days": np.full(len(due), INTERVAL_DAYS),
            "inspector_code": panel["inspector_code"].gather(venue),
            "checked_count": panel["piece_count"].gather(venue).zip_with(done, _none(len(due), pl.Int64)),
            "defect_count": pl.Series(defects).zip_with(done, _none(len(due), pl.Int64)),
            "severity": pl.Series(["none", "minor", "major", "severe"])
            .gather(np.where(defects > 0, grave, 0))
            .zip_with(done, _none(len(due), pl.String)),
            "rectified_on": _day(first + mended).zip_with(pl.Series(has_mended & ~is_missed), _none(len(due), pl.Date)),
        }
    )
    number = ("IN" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("inspection_id")
    made = frame.sort("due_on", "venue_id").select(number, pl.all())
    # A visit dated in the year before.
    is_early = lapses(world, made["region_code"], 0.002, "inspection", "year")
    moment = pl.when(is_early).then(pl.col("visited_at") - pl.duration(days=365)).otherwise(pl.col("visited_at"))
    return with_gaps(world, "inspection", made.with_columns(visited_at=moment), _GAPS)


def _panel(world: World, random: np.random.Generator) -> pl.DataFrame:
    """Return the venues of the panel: ``venue_id, region_code, county_index, piece_count, strain, inspector_code``."""
    pieces = world.frames["equipment"].filter(pl.col("state") != "removed")
    age = (LAST_DAY - pl.col("installed_on")).dt.total_days() / 365.25
    standing = pieces.group_by("venue_id").agg(piece_count=pl.len().cast(pl.Int64), mean_age=age.mean())
    venues = world.frames["venue"].filter(
        pl.col("venue_type_code").is_in(list(_TYPES))
        & (pl.col("status") == "open")
        & pl.col("owner_kind").is_in(_OWNERS)
    )
    weight = venues["venue_type_code"].replace_strict(_TYPES, return_dtype=pl.Float64).to_numpy()
    rank = random.random(venues.height) ** (1 / weight)
    chosen = venues.with_columns(rank=pl.Series(rank)).sort("rank", descending=True).head(world.scaled(PANEL))
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    chosen = (
        chosen.sort("venue_id")
        .join(standing, on="venue_id", how="left", maintain_order="left")
        .with_columns(
            county_index=pl.col("region_code").replace_strict(index_of, return_dtype=pl.Int64),
            piece_count=pl.col("piece_count").fill_null(1),
            mean_age=pl.col("mean_age").fill_null(3.0),
        )
    )
    order = world.counties["order"].to_numpy()[chosen["county_index"].to_numpy()]
    strain = 0.3 + chosen["mean_age"].to_numpy() / 4.5
    team = pl.int_range(pl.len()).over("region_code") // 60 + 1
    return chosen.select(
        "venue_id",
        "region_code",
        "county_index",
        "piece_count",
        strain=pl.Series(strain * random.lognormal(0, 0.4, chosen.height) / order),
        inspector_code=pl.concat_str(pl.lit("XJ"), "region_code", pl.lit("-"), team.cast(pl.String).str.zfill(2)),
    )


def _delays(
    world: World, panel: pl.DataFrame, venue: Ints, turn: Ints, random: np.random.Generator
) -> tuple[Ints, np.ndarray]:
    """Return the days between due and visit, negative when early, and whether the visit never took place."""
    county = panel["county_index"].to_numpy()[venue]
    lapse = 1 / world.counties["order"].to_numpy()[county] ** 2
    # Bureaus got better over the five years.
    lapse = lapse * (1.5 - 0.8 * turn / _ROUNDS)
    chance = random.random(len(venue))
    is_missed = (chance < _MISSED * lapse) | _idle(world, county, turn)
    late = random.integers(1, 31, len(venue))
    early = -random.integers(0, 13, len(venue))
    return np.where(chance < (_MISSED + _LATE) * lapse, late, early), is_missed


def _idle(world: World, county: Ints, turn: Ints) -> np.ndarray:
    """Plant counties whose inspectors did not go out for two rounds."""
    random = world.random("inspection idle")
    is_idle = np.zeros(len(county), dtype=bool)
    for place in random.choice(world.counties.height, size=_IDLE_COUNTIES, replace=False).tolist():
        first = int(random.integers(10, _ROUNDS - _IDLE_ROUNDS - 1))
        is_idle |= (county == place) & (turn >= first) & (turn < first + _IDLE_ROUNDS)
        days = world.days["date"]
        world.plant(
            "inspection",
            "zero",
            region_code=world.counties["region_code"][place],
            started_on=days[first * INTERVAL_DAYS],
            ended_on=days[min((first + _IDLE_ROUNDS) * INTERVAL_DAYS, len(days)) - 1],
            factor=0.0,
            note="no inspection of a county took place for two rounds",
        )
    return is_idle


def _moved_to_working_days(world: World, day: Ints) -> Ints:
    """Return days moved back to the last working day, forward at the very start."""
    off = world.days["is_off"].to_numpy()
    place = np.arange(len(off))
    last_working = np.maximum.accumulate(np.where(off, -1, place))
    last_working = np.where(last_working < 0, int(np.argmin(off)), last_working)
    inside = np.clip(day, 0, len(off) - 1)
    return np.where(day > len(off) - 1, day, last_working[inside])


def _day(numbers: Ints | Floats) -> pl.Series:
    return pl.Series(np.asarray(numbers, dtype=np.int64)).cast(pl.Int32).cast(pl.Date)


def _none(count: int, dtype: type[pl.DataType]) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, count)
