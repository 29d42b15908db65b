"""Indicators of events, counted again from core tables in plain Python."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from math import log
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from analytics.indicator import indicators
from tests.indicators.core_rows import (
    as_ratio,
    as_sum,
    assert_same,
    core,
    holders,
    measured,
    quarter_of,
    regions,
    residents,
    rolled,
)
from tests.indicators.part_rows import assert_parts, city_of, summed, whole_quarters, whole_years
from warehouse.indicator_sql import counts_sql

ABOVE_CITY = {"international", "national", "provincial"}


class Event(NamedTuple):
    region_code: str
    month: str
    level_code: str
    kind_code: str
    discipline_code: str | None
    series_code: str | None
    participant_count: int | None
    spectator_count: int | None
    is_streamed: bool


@cache
def _held(small_demo: Path) -> list[Event]:
    """Return the events that were held."""
    columns = ("region_code", "start_on", *Event._fields[2:], "state")
    rows = core(small_demo, "event", columns).iter_rows()
    return [Event(region, f"{day:%Y-%m}", *rest) for region, day, *rest, state in rows if state == "held"]


def _added(
    small_demo: Path, area: str, part: str, count: Callable[[Event], tuple[float, float]], parted: Callable = bool
) -> dict:
    """Return counts of held events by area, month and the column ``part``."""
    city = city_of(small_demo)
    total: dict = defaultdict(lambda: (0.0, 0.0))
    for event in _held(small_demo):
        top, below = count(event)
        key = (
            event.region_code if area == "county" else city[event.region_code],
            event.month,
            getattr(event, part) if parted(event) else None,
        )
        total[key] = (total[key][0] + top, total[key][1] + below)
    return total


@pytest.mark.parametrize(
    ("code", "area", "part", "count"),
    [
        ("event_count", "county", "kind_code", lambda _: (1, 0)),
        ("event_participant_count", "county", "kind_code", lambda event: (event.participant_count or 0, 0)),
        ("event_spectator_count", "city", "kind_code", lambda event: (event.spectator_count or 0, 0)),
        ("event_provincial_plus_count", "city", "level_code", lambda event: (event.level_code in ABOVE_CITY, 0)),
        ("events_1000_plus_count", "county", "kind_code", lambda event: ((event.participant_count or 0) > 999, 0)),
    ],
)
def test_counts_of_events(small_demo: Path, code: str, area: str, part: str, count: Callable) -> None:
    parts = _added(small_demo, area, part, count)
    assert_same(as_sum(rolled(small_demo, summed(parts), fill=area)), measured(small_demo, code))
    assert_parts(small_demo, code, parts)


def test_streamed_events(small_demo: Path) -> None:
    parts = _added(small_demo, "city", "level_code", lambda event: (event.is_streamed, 1))
    assert_same(as_ratio(rolled(small_demo, summed(parts)), 100), measured(small_demo, "event_streamed_pct"))
    assert_parts(small_demo, "event_streamed_pct", parts)


def test_traditional_events_are_of_culture(small_demo: Path) -> None:
    months = _added(
        small_demo,
        "city",
        "discipline_code",
        lambda event: (event.kind_code == "traditional", 0),
        lambda event: event.kind_code == "traditional",
    )
    parts: dict = defaultdict(lambda: (0.0, 0.0))
    for (area, month, part), (top, _) in months.items():
        if quarter_of(month) in whole_quarters(small_demo):
            parts[area, quarter_of(month), part] = (parts[area, quarter_of(month), part][0] + top, 0.0)
    found = measured(small_demo, "heritage_event_count")
    assert_same(as_sum(rolled(small_demo, summed(parts), fill="city")), found)
    assert_parts(small_demo, "heritage_event_count", parts)


def test_entries_in_the_youth_league(small_demo: Path) -> None:
    columns = ("region_code", "held_on", "level_code")
    rows = core(small_demo, "youth_competition", columns).iter_rows()
    counted = Counter((region, f"{day:%Y-%m}", level) for region, day, level in rows)
    parts = {key: (float(count), 0.0) for key, count in counted.items()}
    found = measured(small_demo, "youth_league_entries")
    assert_same(as_sum(rolled(small_demo, summed(parts), fill="county")), found)
    assert_parts(small_demo, "youth_league_entries", parts)


def _entropy(counts: Counter) -> float:
    """Return Shannon's entropy in nats."""
    whole = sum(counts.values())
    return -sum(count / whole * log(count / whole) for count in counts.values())


def test_variety_of_disciplines(small_demo: Path) -> None:
    shown = {*regions(small_demo, "city"), *regions(small_demo, "province")}
    disciplines = defaultdict(Counter)
    for event in _held(small_demo):
        if event.discipline_code and event.month[:4] in whole_years(small_demo):
            for area in shown.intersection(holders(small_demo)[event.region_code]):
                disciplines[area, event.month[:4]][event.discipline_code] += 1
    expected = {key: (len(own), float(own.total()), _entropy(own)) for key, own in disciplines.items()}
    # Entropy is added in twelve decimals.
    assert_same(expected, measured(small_demo, "discipline_variety"))


def _quarters_later(quarter: str, count: int) -> str:
    number = int(quarter[:4]) * 4 + int(quarter[-1]) - 1 + count
    return f"{number // 4}-Q{number % 4 + 1}"


def _goalposts() -> tuple[float, float, float, float]:
    """Return the upper goalposts as the published method states them."""
    method = indicators()["event_vitality_index"].method_en
    found = re.search(r"residents, 0 to (\d+)\..*report them, 0 to (\d+)\..*0 to (\d+) nats.*, 0 to (\d+) %", method)
    assert found
    frequency, size, variety, returned = map(float, found.groups())
    return frequency, size, variety, returned / 100


def test_vitality_of_events(small_demo: Path) -> None:
    held, series = defaultdict(list), defaultdict(set)
    for event in _held(small_demo):
        for area in holders(small_demo)[event.region_code]:
            held[area, quarter_of(event.month)].append(event)
            if event.series_code:
                series[area, quarter_of(event.month)].add(event.series_code)
    whole = whole_quarters(small_demo)
    expected = {}
    for area in holders(small_demo):
        for quarter in whole:
            year_before = _quarters_later(quarter, -4)
            if year_before not in whole:
                continue
            own = held[area, quarter]
            sizes = [event.participant_count for event in own if event.participant_count is not None]
            named = Counter(event.discipline_code for event in own if event.discipline_code)
            parts = [
                len(own) / residents(small_demo)[area] * 100_000,
                sum(sizes) / len(sizes) if sizes else 0.0,
                _entropy(named),
            ]
            due = series[area, year_before]
            if due:
                since = set().union(*(series[area, _quarters_later(year_before, step)] for step in range(1, 5)))
                parts.append(len(due & since) / len(due))
            scores = [min(part / goal, 1.0) * 100 for part, goal in zip(parts, _goalposts(), strict=False)]
            expected[area, quarter] = (sum(scores), float(len(scores)), sum(scores) / len(scores))
    assert_same(expected, measured(small_demo, "event_vitality_index"))


def test_events_that_come_in_no_more_leave_no_figure_and_no_zero() -> None:
    """Without a log of deliveries nothing says that a month is due: the newest event does."""
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts")
        connection.execute("create table core.region_above as select '1' as region_code, '1' as above_code")
        connection.execute("create table core.population as select '1' as region_code, 100000 as resident_count")
        connection.execute(
            "create table marts.mart_month as"
            " select strftime(began_on, '%Y-%m') as month, year(began_on) || '-Q' || quarter(began_on) as quarter,"
            " year(began_on)::varchar as year, began_on::date as began_on, last_day(began_on) as ended_on,"
            " month(began_on) % 3 = 0 as is_quarter_end, month(began_on) = 12 as is_year_end,"
            " true as is_in_whole_quarter"
            " from range(date '2023-01-01', date '2026-01-01', interval 1 month) as months (began_on)"
        )
        connection.execute(
            "create table core.event as select '1' as region_code, start_on::date as start_on, 'held' as state,"
            " 'run' as discipline_code, 's' as series_code, 50 as participant_count, 'c' as club_id"
            " from range(date '2023-01-05', date '2025-06-01', interval 1 month) as days (start_on)"
        )
        connection.execute(
            "create table core.club as select '1' as region_code, 'c' as club_id, 'club' as kind_code,"
            " date '2020-01-01' as founded_on, null::integer as annual_check_year,"
            " null::varchar as annual_check_result"
        )
        quarters = connection.execute(f"select max(period) from ({counts_sql('event_vitality_index')})").fetchone()
        years = connection.execute(f"select max(period) from ({counts_sql('dormant_club_pct')})").fetchone()
    assert (quarters, years) == (("2025-Q2",), ("2024",))
