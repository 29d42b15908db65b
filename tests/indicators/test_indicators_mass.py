"""Mass sport: every figure counted a second time from core tables, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import polars as pl

from tests.indicators.core_rows import (
    as_ratio,
    as_sum,
    assert_same,
    core,
    holders,
    measured,
    measured_parts,
    month_ends,
    per_resident,
    quarter_ends,
    quarter_of,
    regions,
    rolled,
)


def _full_years(small_demo):
    months = Counter(month[:4] for month in month_ends(small_demo))
    newest = max(month_ends(small_demo))[:4]
    return {year for year, count in months.items() if count == 12 or year == newest}


def _shares(rows):
    """Return counts of ``(region, period, is_kept)``."""
    counts = defaultdict(lambda: (0, 0))
    for region, period, is_kept in rows:
        top, below = counts[region, period]
        counts[region, period] = (top + bool(is_kept), below + 1)
    return counts


def test_people_who_exercise_regularly(small_demo):
    years = _full_years(small_demo)
    cities = set(regions(small_demo, "city"))
    rows = []
    columns = ("region_code", "tested_on", "exercises_regularly")
    for region, day, regularly in core(small_demo, "fitness_test", columns).rows():
        if regularly is not None and str(day.year) in years:
            city = next((above for above in holders(small_demo)[region] if above in cities), region)
            rows.append((city, str(day.year), regularly))
    expected = as_ratio(rolled(small_demo, _shares(rows)), 100.0)
    assert_same(expected, measured(small_demo, "regular_exerciser_pct"))


def test_physique_tests_passed_by_the_standard_in_force(small_demo):
    years = _full_years(small_demo)
    rows = []
    columns = ("region_code", "tested_on", "standard_version", "grade_code")
    for region, day, version, grade in core(small_demo, "fitness_test", columns).rows():
        if str(day.year) in years and version == ("2003" if day.year <= 2023 else "2023"):
            rows.append((region, str(day.year), grade in ("excellent", "good", "pass")))
    assert_same(as_ratio(rolled(small_demo, _shares(rows)), 100.0), measured(small_demo, "fitness_pass_pct"))
    versions = measured_parts(small_demo, "fitness_pass_pct").group_by("period").agg(pl.col("part_code").n_unique())
    assert versions["part_code"].to_list() == [1] * versions.height


def _registered(small_demo, days):
    """Return who is on the register on some days: ``(region, period, code of the instructor)``."""
    rows = core(small_demo, "instructor", ("instructor_id", "region_code", "registered_on", "ended_on")).rows()
    for period, day in days.items():
        for code, region, begun, ended in rows:
            if begun <= day and (ended is None or ended > day):
                yield region, period, code


def test_instructors_per_1000_residents(small_demo):
    counts = Counter((region, period) for region, period, _ in _registered(small_demo, quarter_ends(small_demo)))
    whole = rolled(small_demo, {key: (count, 0) for key, count in counts.items()}, fill="county")
    assert_same(per_resident(small_demo, whole, 1000.0), measured(small_demo, "instructor_per_1000"))


def test_instructors_who_served_within_ninety_days(small_demo):
    served = defaultdict(set)
    for code, at in core(small_demo, "instructor_service", ("instructor_id", "started_at")).rows():
        served[code].add(at.date())
    first = min(day for days in served.values() for day in days)
    held = {month: end for month, end in month_ends(small_demo).items() if end - timedelta(days=89) >= first}
    found = measured(small_demo, "instructor_active_pct")
    assert set(found["period"]) == set(held)
    some = {month: held[month] for month in sorted({*list(held)[::12], "2023-04", "2024-03", max(held)})}
    rows = [
        (
            region,
            month,
            any(some[month] - timedelta(days=89) <= day <= some[month] for day in served.get(code, ())),
        )
        for region, month, code in _registered(small_demo, some)
    ]
    expected = as_ratio(rolled(small_demo, _shares(rows)), 100.0)
    assert_same(expected, found.filter(found["period"].is_in(list(some))))


def test_clubs_per_10000_residents(small_demo):
    clubs = core(small_demo, "club", ("region_code", "founded_on")).rows()
    counts = Counter(
        (region, quarter)
        for quarter, end in quarter_ends(small_demo).items()
        for region, founded in clubs
        if founded is not None and founded <= end
    )
    whole = rolled(small_demo, {key: (count, 0) for key, count in counts.items()}, fill="county")
    assert_same(per_resident(small_demo, whole, 10000.0), measured(small_demo, "club_per_10k"))


def test_dormant_clubs(small_demo):
    events = defaultdict(list)
    begun = []
    for club, day, state in core(small_demo, "event", ("club_id", "start_on", "state")).rows():
        begun.append(day)
        if state == "held" and club is not None:
            events[club].append(day)
    ends = {month[:4]: end for month, end in month_ends(small_demo).items()}
    first = min(begun).replace(day=1) - timedelta(days=1)
    rows = []
    columns = ("club_id", "region_code", "founded_on", "annual_check_year", "annual_check_result")
    for code, region, founded, checked, result in core(small_demo, "club", columns).rows():
        for year, end in ends.items():
            before = date(end.year - 1, end.month, end.day)
            if before < first or founded > before:
                continue
            is_idle = not any(before < day <= end for day in events[code])
            rows.append((region, year, is_idle or (checked == int(year) and result in ("failed", "absent"))))
    assert_same(as_ratio(rolled(small_demo, _shares(rows)), 100.0), measured(small_demo, "dormant_club_pct"))


def test_mass_events_and_their_participants(small_demo):
    held, people = defaultdict(lambda: (0, 0)), defaultdict(lambda: (0, 0))
    columns = ("region_code", "start_on", "kind_code", "state", "participant_count")
    for region, day, kind, state, count in core(small_demo, "event", columns).rows():
        if kind in ("mass", "activity") and state == "held":
            key = (region, day.strftime("%Y-%m"))
            held[key] = (held[key][0] + 1, 0)
            people[key] = (people[key][0] + (count or 0), 0)
    for code, counts in (("mass_event_count", held), ("mass_event_participants", people)):
        assert_same(as_sum(rolled(small_demo, counts, fill="county")), measured(small_demo, code))


def test_visits_per_resident(small_demo):
    # Adding up half a million hours by venue and month is left to the data frame; the rest is plain.
    hours = core(small_demo, "venue_visit", ("venue_id", "hour_at", "entry_count"))
    by_month = hours.group_by("venue_id", pl.col("hour_at").dt.strftime("%Y-%m")).agg(pl.col("entry_count").sum())
    region_of = dict(core(small_demo, "venue", ("venue_id", "region_code")).rows())
    counts = defaultdict(lambda: (0, 0))
    for venue, month, count in by_month.rows():
        counts[region_of[venue], month] = (counts[region_of[venue], month][0] + count, 0)
    expected = per_resident(small_demo, rolled(small_demo, counts, fill="county"))
    assert_same(expected, measured(small_demo, "venue_visits_per_capita"))


def test_prescriptions_completed(small_demo):
    newest = max(month_ends(small_demo).values())
    oldest = min(month_ends(small_demo).values()).replace(day=1)
    rows = []
    for region, due, done in core(small_demo, "health_referral", ("region_code", "due_on", "completed_on")).rows():
        judged = due + timedelta(days=30) if due else None
        if judged is not None and oldest <= judged <= newest:
            rows.append((region, quarter_of(judged.strftime("%Y-%m")), done is not None and done <= judged))
    expected = as_ratio(rolled(small_demo, _shares(rows)), 100.0)
    found = measured(small_demo, "prescription_completion_pct")
    # Few patients are told of by nobody; how many others stay untold for it is tested with the attacks.
    told = found.filter(pl.col("value").is_not_null())
    assert told["denominator"].min() >= 10
    assert found.filter(pl.col("value").is_null())["quality"].unique().to_list() == ["few"]
    shown = set(told.select("region_code", "period").iter_rows())
    assert found.height == len(expected)
    assert_same({key: figure for key, figure in expected.items() if key in shown}, told)


def test_complaints_about_training(small_demo):
    counts = defaultdict(lambda: (0, 0))
    columns = ("region_code", "start_on", "complaint_count", "enrolled_count")
    for region, day, complaints, enrolled in core(small_demo, "training_course", columns).rows():
        key = (region, day.strftime("%Y-%m"))
        counts[key] = (counts[key][0] + complaints, counts[key][1] + enrolled)
    expected = as_ratio(rolled(small_demo, counts), 10000.0)
    assert_same(expected, measured(small_demo, "training_complaint_per_10k"))
