"""Indicators of elite and youth sport, counted again from core tables in plain Python."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from math import sqrt
from pathlib import Path

import pytest

from analytics.indicator import indicators
from tests.indicators.core_rows import (
    as_ratio,
    as_sum,
    assert_same,
    core,
    measured,
    month_ends,
    quarter_ends,
    quarter_of,
    rolled,
)
from tests.indicators.part_rows import assert_parts, city_of, summed, whole_years

HIGH_LEVELS = {"olympic", "world", "asian", "national"}


def _medals(small_demo: Path, colours: set[str]) -> dict:
    """Return medals by city, year and discipline; a title of a team is one, shared by its athletes."""
    city, years = city_of(small_demo), whole_years(small_demo)
    won = defaultdict(list)
    columns = ("result_id", "event_id", "region_code", "held_on", "discipline_code", "level_code", "medal")
    for result, event, region, day, discipline, level, medal, is_team in core(
        small_demo, "competition_result", (*columns, "is_team_event")
    ).iter_rows():
        if level in HIGH_LEVELS and medal in colours and region in city:
            won[(event, medal) if is_team else result].append((result, city[region], str(day.year), discipline))
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for people in won.values():
        given = 0
        for place, (_, area, year, discipline) in enumerate(sorted(people), start=1):
            # Millionths, the last one gets what is left.
            share = 1_000_000 * place // len(people) - given
            given += share
            if year in years:
                before = counts[area, year, discipline][0]
                counts[area, year, discipline] = (before + share / 1e6, 0.0)
    return counts


@pytest.mark.parametrize(("code", "colours"), [("medal_count", {"gold", "silver", "bronze"}), ("gold_count", {"gold"})])
def test_medals(small_demo: Path, code: str, colours: set[str]) -> None:
    parts = _medals(small_demo, colours)
    assert_same(as_sum(rolled(small_demo, summed(parts), fill="city")), measured(small_demo, code))
    assert_parts(small_demo, code, parts)


def test_titles_of_the_province_are_whole(small_demo: Path) -> None:
    found = measured(small_demo, "medal_count").filter(region_code="320000")["value"]
    assert found.len() >= 5
    assert found.to_list() == found.round().to_list()


def _athletes(small_demo: Path) -> list[tuple]:
    """Return city, sex, team, first day and day of leaving of everybody who is not on trial."""
    city = city_of(small_demo)
    columns = ("region_code", "sex_code", "team_code", "registered_on", "left_on", "status")
    return [
        (city[region], sex, team, since, until)
        for region, sex, team, since, until, status in core(small_demo, "athlete", columns).iter_rows()
        if status != "trial" and region in city
    ]


def _is_there(since, until, day) -> bool:
    return since <= day and (until is None or until > day)


def test_registered_athletes(small_demo: Path) -> None:
    parts = Counter(
        (city, quarter, sex)
        for quarter, day in quarter_ends(small_demo).items()
        for city, sex, _, since, until in _athletes(small_demo)
        if _is_there(since, until, day)
    )
    counts = {key: (float(count), 0.0) for key, count in parts.items()}
    assert_same(
        as_sum(rolled(small_demo, summed(counts), fill="city")), measured(small_demo, "registered_athlete_count")
    )
    assert_parts(small_demo, "registered_athlete_count", counts)


def test_athletes_per_coach(small_demo: Path) -> None:
    city = city_of(small_demo)
    coaches = [
        (city[region], since, until)
        for region, since, until in core(small_demo, "coach", ("region_code", "hired_on", "left_on")).iter_rows()
        if region in city
    ]
    counts: dict = {}
    for quarter, day in quarter_ends(small_demo).items():
        athletes = Counter(one[0] for one in _athletes(small_demo) if _is_there(one[3], one[4], day))
        there = Counter(area for area, since, until in coaches if _is_there(since, until, day))
        counts |= {(area, quarter): (athletes[area], there[area]) for area in athletes.keys() | there.keys()}
    assert_same(as_ratio(rolled(small_demo, counts)), measured(small_demo, "athlete_per_coach"))


def test_technical_grades(small_demo: Path) -> None:
    city = city_of(small_demo)
    columns = ("region_code", "grade_code", "awarded_on")
    rows = list(core(small_demo, "grade_award", columns).iter_rows())
    parts: dict = {
        key: (float(count), 0.0)
        for key, count in Counter(
            (city[region], f"{day:%Y-%m}", grade) for region, grade, day in rows if grade != "grade_3"
        ).items()
    }
    none = {(city[region], f"{day:%Y-%m}", None): (0.0, 0.0) for region, _, day in rows}
    assert_same(
        as_sum(rolled(small_demo, summed(none | parts), fill="city")), measured(small_demo, "grade_award_count")
    )
    assert_parts(small_demo, "grade_award_count", parts)


def test_training_done_against_plan(small_demo: Path) -> None:
    city = city_of(small_demo)
    planned, done = Counter(), Counter()
    columns = ("region_code", "started_at", "session_kind", "state")
    for region, at, kind, state in core(small_demo, "training_session", columns).iter_rows():
        key = (city[region], f"{at.year}-{at.month:02d}", kind)
        planned[key] += 1
        done[key] += state == "done"
    parts = {key: (float(done[key]), float(count)) for key, count in planned.items()}
    found = measured(small_demo, "training_plan_completion_pct")
    assert_same(as_ratio(rolled(small_demo, summed(parts)), 100), found)
    assert_parts(small_demo, "training_plan_completion_pct", parts)


def test_days_lost_to_injuries(small_demo: Path) -> None:
    city = city_of(small_demo)
    sessions, recorded = Counter(), set()
    columns = ("athlete_id", "region_code", "started_at", "state")
    for athlete, region, at, state in core(small_demo, "training_session", columns).iter_rows():
        sessions[city[region], f"{at.year}-{at.month:02d}"] += state == "done"
        recorded.add((athlete, at.year * 12 + at.month))
    lost = Counter()
    columns = ("athlete_id", "region_code", "occurred_on", "severity_days")
    for athlete, region, day, days in core(small_demo, "injury", columns).iter_rows():
        month = day.year * 12 + day.month
        if (athlete, month) in recorded or (athlete, month - 1) in recorded:
            lost[city[region], f"{day:%Y-%m}"] += days
    counts = {key: (float(lost[key]), float(count)) for key, count in sessions.items()}
    found = measured(small_demo, "injury_days_per_1000_sessions")
    assert_same(as_ratio(rolled(small_demo, counts), 1000), found)


def test_real_improvements(small_demo: Path) -> None:
    city = city_of(small_demo)
    with Path("warehouse/reference/athlete_test_items.csv").open(encoding="utf-8") as file:
        better = {row["item_code"]: 1 if row["better"] == "higher" else -1 for row in csv.DictReader(file)}
    tests = defaultdict(lambda: defaultdict(list))
    home = {}
    columns = ("athlete_id", "item_code", "tested_on", "value", "typical_error", "region_code")
    for athlete, item, day, value, error, region in core(small_demo, "athlete_test", columns).iter_rows():
        home[athlete] = city.get(region)
        if item not in {"hemoglobin", "ck", "urea"}:
            tests[athlete, item][quarter_of(f"{day:%Y-%m}")].append((day, value, error))
    gains = defaultdict(list)
    for (athlete, item), quarters in tests.items():
        before = None
        for quarter in sorted(quarters):
            rows = sorted(quarters[quarter])
            errors = [error for _, _, error in rows if error]
            last = (rows[-1][1], errors[-1] if errors else None)
            error = before and (last[1] or before[1])
            if before and error:
                gains[athlete, quarter].append(better[item] * (last[0] - before[0]) / (sqrt(2) * error))
            before = last
    counts: dict = defaultdict(lambda: (0.0, 0.0))
    for (athlete, quarter), steps in gains.items():
        before = counts[home[athlete], quarter]
        counts[home[athlete], quarter] = (before[0] + (sum(steps) / sqrt(len(steps)) > 1.96), before[1] + 1)
    assert_same(as_ratio(rolled(small_demo, counts), 100), measured(small_demo, "fitness_improved_pct"))


@pytest.mark.parametrize(
    ("code", "done", "due"),
    [
        ("anti_doping_education_pct", "education_done_count", "education_due_count"),
        ("doping_test_completion_pct", "test_done_count", "test_planned_count"),
    ],
)
def test_anti_doping_is_shared_among_cities(small_demo: Path, code: str, done: str, due: str) -> None:
    athletes = _athletes(small_demo)
    members = {
        month: Counter((team, city) for city, _, team, since, until in athletes if _is_there(since, until, day))
        for month, day in month_ends(small_demo).items()
    }
    parts: dict = {}
    reported: dict = defaultdict(lambda: (0.0, 0.0))
    for team, month, top, below in core(small_demo, "anti_doping", ("team_code", "month", done, due)).iter_rows():
        reported[month] = (reported[month][0] + top, reported[month][1] + below)
        own = sorted((city, count) for (code_of, city), count in members[month].items() if code_of == team)
        own = own or [("320000", 1)]
        whole, so_far = sum(count for _, count in own), 0
        for city, count in own:
            parts[city, month, team] = tuple(
                (number * (so_far + count) * 1_000_000 // whole - number * so_far * 1_000_000 // whole) / 1e6
                for number in (top, below)
            )
            so_far += count
    counts = rolled(small_demo, summed(parts))
    assert_same(as_ratio(counts, 100), measured(small_demo, code))
    assert_parts(small_demo, code, parts)
    # Nothing is lost by sharing: the province has what its teams reported.
    for month, (top, below) in reported.items():
        assert counts["320000", month] == pytest.approx((top, below), abs=1e-9)


def test_registered_young_people(small_demo: Path) -> None:
    city = city_of(small_demo)
    people = defaultdict(set)
    columns = ("region_code", "month", "place_kind", "person_key", "is_registered")
    for region, month, place, person, is_registered in core(small_demo, "youth_training", columns).iter_rows():
        if is_registered:
            people[city[region], month, place].add(person)
    parts = {key: (float(len(own)), 0.0) for key, own in people.items()}
    assert_same(as_sum(rolled(small_demo, summed(parts), fill="city")), measured(small_demo, "youth_registered_count"))
    assert_parts(small_demo, "youth_registered_count", {key: own for key, own in parts.items() if key[2]})


def test_pupils_in_good_shape(small_demo: Path) -> None:
    tested, good = Counter(), Counter()
    columns = ("region_code", "tested_on", "grade_code", "result_code")
    for region, day, grade, result in core(small_demo, "student_fitness", columns).iter_rows():
        if result:
            tested[region, str(day.year), grade] += 1
            good[region, str(day.year), grade] += result in {"good", "excellent"}
    parts = {key: (float(good[key]), float(count)) for key, count in tested.items()}
    assert_same(as_ratio(rolled(small_demo, summed(parts)), 100), measured(small_demo, "student_good_pct"))
    assert_parts(small_demo, "student_good_pct", parts)


def test_nothing_about_athletes_is_divided_finer_than_cities_and_sexes() -> None:
    """What is counted from people's own rows shows whole cities; parts are few and large, or of open tables."""
    personal = {"athlete", "athlete_test", "injury", "training_session", "youth_training"}
    allowed = {"", "sex", "session_kind", "youth_training_place"}
    own = [one for one in indicators().values() if one.system == "elite" and one.inputs[0] in personal]
    assert len(own) >= 5
    assert all(one.area == "city" and one.part in allowed for one in own)
