"""Entries of the youth leagues: by county and season of school, in events of county, city and province."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import MONTH_COUNT
from warehouse.demo.pupils import draw_youths, school_codes, sporty_youths, stage_of_age
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Entries a year in the middle of the demo. Suzhou alone counted 150,000 person-times in 2018 down to the heats of
# schools; here are the entries of events of counties, cities and the province (assumption).
_YEARLY, _GROWTH = 80_000, 0.06
# Share of a year's entries by month, January first: finals in summer, leagues in term, none over Spring Festival.
_SEASON = np.array([0.2, 0.05, 0.6, 1.4, 1.7, 0.8, 2.0, 1.9, 0.7, 1.2, 1.1, 0.35])
_LEVELS = ("county", "city", "provincial")
_GROUPS = np.array([8, 10, 12, 14, 16, 18])
_NO_SHOW, _UNKNOWN_PERSON = 0.035, 0.008
# Disciplines that an area of each level holds in one month.
_HELD = (2, 5, 13)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``youth_competition``, by day and event; ranks follow from talent and luck."""
    random = world.random("youth_competition")
    counts = _counts(world, random)
    county = np.repeat(np.arange(counts.shape[0]), counts.sum(axis=1))
    month = np.concatenate([np.repeat(np.arange(MONTH_COUNT), row) for row in counts])
    months = np.array(world.months)
    year = np.array([int(name[:4]) for name in months])[month]
    age = random.choice(np.arange(7, 19), len(county), p=np.array([4, 6, 8, 10, 11, 12, 12, 11, 9, 7, 6, 4]) / 100)
    youths = sporty_youths(world)
    who = draw_youths(world, youths, "youth_competition", county, year - age)
    rows = youths[who]
    age = year - rows["birth_year"].to_numpy()
    group = _GROUPS[np.minimum(np.searchsorted(_GROUPS, age), len(_GROUPS) - 1)]
    level = _levels(random, rows["talent"].to_numpy(), month)
    frame = rows.select("number", "region_code", "sex_code", "discipline_code", "chain", "talent").with_columns(
        month=pl.Series(month),
        age=pl.Series(age),
        level=pl.Series(level),
        age_group_code=pl.lit("U") + pl.Series(group).cast(pl.String),
        stage=stage_of_age(age),
        luck=pl.Series(random.normal(0, 0.8, len(age))),
        shows=pl.Series(random.random(len(age)) >= _NO_SHOW),
        # A county that keeps its books badly forgets the pseudonym more often.
        known=pl.Series(random.random(len(age)) >= _UNKNOWN_PERSON / world.counties["order"].to_numpy()[county] ** 2),
    )
    frame = frame.filter(pl.col("age").is_between(6, 18))
    return _finish(world, frame, months)


def _counts(world: World, random: np.random.Generator) -> Ints:
    """Return entries by county and month: residents of school age, season of school, growth, closures, shocks."""
    counties = world.counties
    weight = counties["youth_count"].to_numpy() * counties["vigour"].to_numpy()
    month = np.array([int(name[-2:]) for name in world.months])
    years = (np.arange(MONTH_COUNT) - MONTH_COUNT / 2) / 12
    a_month = world.scaled(_YEARLY) / 12 * (_SEASON / _SEASON.mean())[month - 1] * (1 + _GROWTH) ** years
    expected = np.outer(weight / weight.sum(), a_month) * world.month_closure**2
    expected *= random.lognormal(-0.02, 0.2, expected.shape) * world.shocks("youth_competition")
    return random.poisson(expected)


def _levels(random: np.random.Generator, talent: np.ndarray, month: Ints) -> Ints:
    """Return the place of the level: finals of cities and the province lie in summer and autumn and take the best."""
    number = (month + 10) % 12
    finals = np.isin(number, (6, 7, 10))
    reach = random.normal(0, 1, len(talent)) + 0.8 * talent
    return np.where(finals & (reach > 1.1), 2, np.where(reach > 0.35, 1, 0))


def _with_disciplines(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the entries in the disciplines that are held: the own one where it is, else one of the others."""
    events = frame.select("area", "month", "level").unique().sort("area", "month", "level")
    random = world.random("disciplines", "youth_competition")
    shares = frame.group_by("discipline_code").agg(pl.len()).sort("len", "discipline_code", descending=[True, False])
    names, weight = shares["discipline_code"].to_list(), shares["len"].to_numpy().astype(np.float64)
    # The smallest of exponential times over weights are a draw without replacement by weight.
    order = np.argsort(random.exponential(1, (events.height, len(names))) / weight, axis=1)
    known = frame.join(
        events.with_columns(event=pl.int_range(pl.len())), on=["area", "month", "level"], maintain_order="left"
    )
    event, level = known["event"].to_numpy(), known["level"].to_numpy()
    place = np.argsort(order, axis=1)
    number = dict(zip(names, range(len(names)), strict=True))
    own = known["discipline_code"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    held = np.minimum(np.array(_HELD)[level], len(names))
    other = order[event, (random.random(len(own)) * held).astype(np.int64)]
    chosen = np.where(place[event, own] < held, own, other)
    return known.with_columns(discipline_code=pl.Series(names).gather(chosen)).drop("event")


def _finish(world: World, frame: pl.DataFrame, months: np.ndarray) -> pl.DataFrame:
    """Return the columns of the contract: events gather entries of a month, an area and a discipline."""
    area = (
        pl.when(pl.col("level") == 2)
        .then(pl.lit("320000"))
        .when(pl.col("level") == 1)
        .then(pl.col("region_code").str.slice(0, 4) + "00")
        .otherwise(pl.col("region_code"))
    )
    frame = _with_disciplines(world, frame.with_columns(area=area)).with_columns(
        event_id=pl.concat_str(
            pl.lit("YL"),
            pl.Series(np.char.replace(months, "-", "")).gather(frame["month"]),
            "area",
            "discipline_code",
            separator="-",
        )
    )
    frame = frame.unique(["event_id", "number"], keep="first", maintain_order=True)
    group = ["event_id", "age_group_code", "sex_code"]
    first = world.days.group_by("month_index", maintain_order=True).agg(pl.col("date").first())["date"]
    # Saturdays and Sundays of the second to fourth week, the same day for all who enter an event.
    first = first.dt.offset_by("1w").dt.truncate("1w").dt.offset_by("5d")
    events = frame["event_id"].unique().sort()
    shift = world.random("days", "youth_competition").integers(0, 6, len(events))
    days = pl.DataFrame({"event_id": events, "shift": shift // 2 * 7 + shift % 2})
    frame = frame.join(days, on="event_id", maintain_order="left")
    form = pl.when("shows").then(pl.col("talent") + pl.col("luck"))
    frame = frame.with_columns(
        held_on=first.gather(frame["month"]),
        field_size=pl.len().over(group).cast(pl.Int64),
        rank=form.rank("ordinal", descending=True).over(group).cast(pl.Int64),
    ).with_columns(held_on=pl.col("held_on") + pl.duration(days="shift"))
    frame = frame.sort("held_on", "event_id", "age_group_code", "sex_code", "number")
    person = world.person_keys("youth", np.arange(0, int(frame["number"].to_numpy().max()) + 1))
    return frame.select(
        entry_id=pl.lit("N") + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7),
        event_id="event_id",
        person_key=pl.when("known").then(person.gather(frame["number"])),
        region_code="region_code",
        school_code=school_codes(frame["region_code"], frame["stage"], frame["chain"]),
        discipline_code="discipline_code",
        sex_code="sex_code",
        age_group_code="age_group_code",
        age=pl.col("age").cast(pl.Int64),
        level_code=pl.Series(_LEVELS).gather(frame["level"]),
        held_on=pl.col("held_on").cast(pl.Date),
        field_size="field_size",
        rank="rank",
    )
