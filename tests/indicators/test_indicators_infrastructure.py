"""Infrastructure: every figure counted a second time from core tables, in plain Python."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.indicators.core_rows import (
    as_ratio,
    as_sum,
    assert_same,
    core,
    holders,
    mart,
    measured,
    measured_fine,
    month_ends,
    quarter_ends,
    quarter_of,
    regions,
    rolled,
)


def _city_of(small_demo):
    """Return the city of each region; the province stands for itself."""
    cities = set(regions(small_demo, "city"))
    return {
        code: next((above for above in chain if above in cities), code) for code, chain in holders(small_demo).items()
    }


def _public_venues(small_demo):
    columns = ("venue_id", "region_code", "owner_kind", "status")
    return {
        code: region
        for code, region, owner, status in core(small_demo, "venue", columns).rows()
        if owner == "public_institution" and status in ("open", None)
    }


def _devices(small_demo):
    columns = ("sensor_id", "venue_id", "region_code", "installed_on", "retired_on", "reporting_minutes")
    return core(small_demo, "sensor", (*columns, "last_seen_at")).rows(named=True)


def _is_in_service(device, day):
    return device["installed_on"] <= day and (device["retired_on"] is None or device["retired_on"] > day)


def _heard(small_demo):
    """Return the hours in which each device sent a reading."""
    hours = defaultdict(set)
    for code, at, quality in core(small_demo, "sensor_reading", ("sensor_id", "read_at", "quality")).rows():
        if quality != "missing":
            hours[at.replace(minute=0, second=0, microsecond=0)].add(code)
    return hours


def _coverage(small_demo, venues_by_period):
    public = _public_venues(small_demo)
    whole = Counter(public.values())
    counts = {}
    for period, venues in venues_by_period.items():
        own = Counter(public[venue] for venue in venues if venue in public)
        counts.update({(region, period): (own[region], count) for region, count in whole.items()})
    return as_ratio(rolled(small_demo, counts), 100.0)


def test_public_venues_with_a_device(small_demo):
    devices = _devices(small_demo)
    by_month = {
        month: {device["venue_id"] for device in devices if _is_in_service(device, end)}
        for month, end in month_ends(small_demo).items()
    }
    assert_same(_coverage(small_demo, by_month), measured(small_demo, "sensor_coverage_pct"))


def test_public_venues_with_a_device_that_was_heard_on_the_day(small_demo):
    heard = defaultdict(set)
    for hour, codes in _heard(small_demo).items():
        heard[hour.date()] |= codes
    by_day = {}
    for day, codes in heard.items():
        by_day[day.isoformat()] = {
            device["venue_id"]
            for device in _devices(small_demo)
            if _is_in_service(device, day)
            and (
                device["sensor_id"] in codes
                if device["reporting_minutes"]
                else device["last_seen_at"] is not None and device["last_seen_at"].date() >= day
            )
        }
    assert_same(_coverage(small_demo, by_day), measured_fine(small_demo, "sensor_coverage_pct"))


def test_devices_online(small_demo):
    city_of = _city_of(small_demo)
    by_hour, by_month = {}, defaultdict(lambda: (0, 0))
    reporting = [device for device in _devices(small_demo) if device["reporting_minutes"]]
    for hour, codes in _heard(small_demo).items():
        own = defaultdict(lambda: (0, 0))
        for device in reporting:
            if _is_in_service(device, hour.date()):
                city = city_of[device["region_code"]]
                own[city] = (own[city][0] + (device["sensor_id"] in codes), own[city][1] + 1)
        for city, (online, installed) in own.items():
            by_hour[city, hour.strftime("%Y-%m-%dT%H")] = (online, installed)
            month = (city, hour.strftime("%Y-%m"))
            by_month[month] = (by_month[month][0] + online, by_month[month][1] + installed)
    assert_same(as_ratio(rolled(small_demo, by_hour), 100.0), measured_fine(small_demo, "sensor_online_pct"))
    assert_same(as_ratio(rolled(small_demo, by_month), 100.0), measured(small_demo, "sensor_online_pct"))


def _systems(small_demo):
    columns = ("region_code", "is_exempt", "went_live_on", "moved_to_cloud_on", "mlps_level", "mlps_assessed_on")
    return core(small_demo, "system_register", (*columns, "mlps_valid_until")).rows(named=True)


def test_systems_in_the_cloud(small_demo):
    city_of, counts = _city_of(small_demo), defaultdict(lambda: (0, 0))
    for month, end in month_ends(small_demo).items():
        for system in _systems(small_demo):
            if system["went_live_on"] <= end and not system["is_exempt"]:
                moved = system["moved_to_cloud_on"]
                key = (city_of[system["region_code"]], month)
                counts[key] = (counts[key][0] + (moved is not None and moved <= end), counts[key][1] + 1)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "cloud_rate_pct"))


def test_systems_with_a_valid_assessment(small_demo):
    city_of, counts = _city_of(small_demo), defaultdict(lambda: (0, 0))
    for month, end in month_ends(small_demo).items():
        filed = [s for s in _systems(small_demo) if s["went_live_on"] <= end and s["mlps_level"] in ("2", "3", "4")]
        known = [s for s in filed if s["mlps_assessed_on"] is None or s["mlps_assessed_on"] <= end]
        if not filed or len(known) * 2 < len(filed):
            continue
        for system in known:
            key = (city_of[system["region_code"]], month)
            is_valid = system["mlps_assessed_on"] is not None and system["mlps_valid_until"] >= end
            counts[key] = (counts[key][0] + is_valid, counts[key][1] + 1)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "mlps_pass_pct"))


def test_smart_venues(small_demo):
    """Points of the checklist by hand: a subsystem earns its weight by steps, live ones count whole, on trial half."""
    checklist = tomllib.loads(Path("warehouse/checklists/smart_venue.toml").read_text("utf-8"))
    area = dict(core(small_demo, "venue", ("venue_id", "area_m2")).rows())
    columns = ("venue_id", "subsystem_code", "state", "went_live_on", "checked_on", "score")
    venues = defaultdict(dict)
    days = []
    for venue, code, state, begun, checked, score in core(small_demo, "smart_venue_system", columns).rows():
        venues[venue][code] = (state, begun, score or 0.0)
        days += [day for day in (begun, checked) if day is not None]
    newest = quarter_of(max(days).strftime("%Y-%m"))
    first = quarter_of(min(days).strftime("%Y-%m"))
    counts = {}
    for quarter, end in quarter_ends(small_demo).items():
        if first <= quarter <= newest:
            passed = sum(
                _passes(checklist, area[venue] or 0.0, own, quarter == newest, end) for venue, own in venues.items()
            )
            counts[regions(small_demo, "province")[0], quarter] = (passed, 0)
    assert_same(as_sum(counts), measured(small_demo, "smart_venue_count"))


def _passes(checklist, area, subsystems, is_newest, end):
    size = [one["code"] for one in checklist["size"] if area >= one["smallest"]][-1]
    points = 0.0
    for item in checklist["item"]:
        state, begun, score = subsystems.get(item["column"], ("none", None, 0.0))
        if not is_newest and (state != "live" or begun is None or begun > end):
            score = 0.0
        reached = [share for least, share in item["steps"] if score * checklist["factors"].get(state, 0.0) >= least]
        share = max(reached, default=0.0)
        if size in item["required"] and share < 1:
            return False
        points += item["weights"][size] * share
    return points >= checklist["pass_points"]


def _by_venue_and_month(small_demo, name, column):
    """Return sums of an hourly table; adding up the hours is left to the data frame."""
    hours = core(small_demo, name, ("venue_id", "hour_at", column))
    rows = hours.group_by("venue_id", pl.col("hour_at").dt.strftime("%Y-%m")).agg(
        pl.col(column).sum(), held=pl.col(column).count()
    )
    return {(venue, month): value for venue, month, value, held in rows.rows() if held}


def test_electricity_per_visit(small_demo):
    city_of = _city_of(small_demo)
    region_of = dict(core(small_demo, "venue", ("venue_id", "region_code")).rows())
    used = _by_venue_and_month(small_demo, "energy", "electricity_kwh")
    visits = _by_venue_and_month(small_demo, "venue_visit", "entry_count")
    counts, of_venue = defaultdict(lambda: (0.0, 0.0)), {}
    for (venue, month), kwh in used.items():
        if visits.get((venue, month), 0) > 0:
            key = (city_of[region_of[venue]], month)
            counts[key] = (counts[key][0] + kwh, counts[key][1] + visits[venue, month])
            of_venue[venue, month] = (kwh, float(visits[venue, month]), kwh / visits[venue, month])
    assert_same(as_ratio(rolled(small_demo, counts)), measured(small_demo, "energy_kwh_per_visit"))
    rows = mart(small_demo, "mart_indicator_venue").filter(pl.col("indicator_code") == "energy_kwh_per_visit")
    assert_same(of_venue, rows.drop("region_code").rename({"venue_id": "region_code"}))


def test_budget_executed(small_demo):
    city_of, counts = _city_of(small_demo), defaultdict(lambda: (0.0, 0.0))
    columns = ("region_code", "month", "executed_ytd_cny", "budget_cny")
    for region, month, executed, budget in core(small_demo, "budget", columns).rows():
        key = (city_of[region], month)
        counts[key] = (counts[key][0] + executed, counts[key][1] + budget)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "budget_execution_pct"))


# What each dimension counts of the total, as the page on data quality says it.
QUALITY = {
    "completeness": 0.20,
    "uniqueness": 0.10,
    "validity": 0.25,
    "consistency": 0.15,
    "timeliness": 0.15,
    "accuracy": 0.15,
}


def test_scores_of_quality(small_demo):
    """Every dataset counts the same in a dimension, every dimension with its weight, those without a score not."""
    months, places = set(month_ends(small_demo)), {*regions(small_demo, "city"), *regions(small_demo, "province")}
    held = defaultdict(list)
    for row in mart(small_demo, "mart_quality").rows(named=True):
        if row["dataset"] != "all" and row["month"] in months and row["region_code"] in places:
            held[row["region_code"], row["month"]].append(row)
    expected = {}
    for key, rows in held.items():
        points, weight = 0.0, 0.0
        for dimension, own in QUALITY.items():
            told = [row[dimension] for row in rows if row[dimension] is not None]
            if told:
                points, weight = points + own * sum(told) / len(told), weight + own
        row_count, failed = sum(row["row_count"] for row in rows), sum(row["failed_count"] for row in rows)
        if row_count:
            expected[key] = (float(failed), float(row_count), points / weight)
    found = measured(small_demo, "data_quality_score")
    # The score is kept to three decimals.
    near = {(region, month): value for region, month, value in found.select("region_code", "period", "value").rows()}
    assert near.keys() == expected.keys()
    assert near == pytest.approx({key: value for key, (*_, value) in expected.items()}, abs=6e-4)
    assert_same({key: (*counts, near[key]) for key, (*counts, _) in expected.items()}, found)


def test_hours_since_the_last_delivery(small_demo):
    columns = ("from_node", "received_at", "signature_ok", "accepted_count")
    came = defaultdict(list)
    for node, at, is_signed, accepted in core(small_demo, "exchange_log", columns).rows():
        if is_signed and accepted > 0 and at is not None:
            came[f"{node[:4]}00"].append(at)
    seen = [device["last_seen_at"].date() for device in _devices(small_demo) if device["last_seen_at"]]
    newest = max([*seen, *(max(times).date() for times in came.values())])
    first = min(month_ends(small_demo).values()).replace(day=1)
    last = min(newest, max(month_ends(small_demo).values()))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    by_day, by_month = {}, defaultdict(lambda: (0.0, 0))
    for node, times in came.items():
        times.sort()
        place = 0
        for day in days:
            end = datetime.combine(day, time()) + timedelta(days=1)
            while place < len(times) and times[place] < end:
                place += 1
            if place:
                waited = (end - times[place - 1]).total_seconds()
                month = (node, day.strftime("%Y-%m"))
                by_month[month] = (by_month[month][0] + waited, by_month[month][1] + 1)
                if day > newest - timedelta(days=100):
                    by_day[node, day.isoformat()] = (waited, 1)
    assert_same(as_ratio(rolled(small_demo, by_month), 1 / 3600), measured(small_demo, "exchange_lag_hours"))
    assert_same(as_ratio(rolled(small_demo, by_day), 1 / 3600), measured_fine(small_demo, "exchange_lag_hours"))
