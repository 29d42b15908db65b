"""Facilities: every figure counted a second time from core tables, in plain Python."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from geodata.network import UNIT_M
from tests.indicators.core_rows import (
    array,
    as_ratio,
    assert_same,
    core,
    holders,
    mart,
    measured,
    month_ends,
    per_resident,
    quarter_ends,
    regions,
    residents,
    rolled,
)
from warehouse.marts import mart_opening_pattern

NEVER = date(9999, 12, 31)


@cache
def _open_venues(small_demo):
    columns = ("region_code", "opened_year", "status", "owner_kind", "fee_policy", "opening_hours", "area_m2")
    rows = core(small_demo, "venue", columns).filter(pl.col("opened_year").is_not_null()).rows(named=True)
    return [row for row in rows if (row["status"] or "open") == "open"]


def _built(small_demo, amount):
    """Return sums over the venues built by the end of each year."""
    counts = defaultdict(lambda: (0.0, 0.0))
    years = sorted({month[:4] for month in month_ends(small_demo)})
    for row in _open_venues(small_demo):
        own, region = amount(row), row["region_code"]
        for year in years:
            if row["opened_year"] <= int(year):
                counts[region, year] = (counts[region, year][0] + own, 0.0)
    return rolled(small_demo, counts, fill="county")


def test_venue_area_and_count_per_resident(small_demo):
    area = _built(small_demo, lambda row: row["area_m2"] or 0.0)
    assert_same(per_resident(small_demo, area), measured(small_demo, "venue_area_per_capita"))
    count = _built(small_demo, lambda _: 1.0)
    assert_same(per_resident(small_demo, count, 10000.0), measured(small_demo, "venue_count_per_10k"))


def test_trail_length_per_10000_residents(small_demo):
    counts = defaultdict(lambda: (0.0, 0.0))
    trails = core(small_demo, "trail", ("region_code", "opened_year", "length_km")).rows()
    for year in sorted({month[:4] for month in month_ends(small_demo)}):
        for region, opened, length in trails:
            if opened <= int(year):
                counts[region, year] = (counts[region, year][0] + length, 0.0)
    expected = per_resident(small_demo, rolled(small_demo, counts, fill="county"), 10000.0)
    assert_same(expected, measured(small_demo, "trail_km_per_10k"))


def _told_quarters(small_demo):
    """Return the quarters that venues are counted in, and their years: each fourth one and the newest."""
    ends = quarter_ends(small_demo)
    newest = max(ends)
    return {quarter: int(quarter[:4]) for quarter in ends if quarter.endswith("Q4") or quarter == newest}


def _public_share(small_demo, is_kept):
    counts = defaultdict(lambda: (0.0, 0.0))
    public = [row for row in _open_venues(small_demo) if row["owner_kind"] == "public_institution"]
    for quarter, year in _told_quarters(small_demo).items():
        for row in public:
            if row["opened_year"] <= year:
                top, below = counts[row["region_code"], quarter]
                counts[row["region_code"], quarter] = (top + bool(is_kept(row)), below + 1)
    return as_ratio(rolled(small_demo, counts), 100.0)


def test_public_venues_free_or_at_a_low_fee(small_demo):
    expected = _public_share(small_demo, lambda row: row["fee_policy"] in ("free", "low"))
    assert_same(expected, measured(small_demo, "free_low_fee_share_pct"))


# Hours a week and days a year of the texts that the demo writes, reckoned by hand.
HOURS = {
    "24/7": (168, 365),
    "Mo-Su 09:00-22:00": (91, 365),
    "Mo-Fr 17:30-20:30; Sa-Su,PH 08:00-20:00": (39, 365),
    "Mo-Su 06:00-21:30": (108.5, 365),
    "Mo-Su 08:30-21:00": (87.5, 365),
    "Mo-Su 05:30-22:00": (115.5, 365),
    "Mo-Su 08:00-21:30": (94.5, 365),
}


def test_public_venues_that_keep_the_opening_rule(small_demo):
    def keeps(row):
        hours, days = HOURS[row["opening_hours"]] if row["opening_hours"] else (0, 0)
        return hours >= 35 and days >= 330

    assert_same(_public_share(small_demo, keeps), measured(small_demo, "opening_compliance_pct"))
    patterns = {text: (hours, days) for text, hours, days in mart(small_demo, "mart_opening_pattern").rows()}
    assert patterns.keys() == HOURS.keys()
    assert all(patterns[text] == pytest.approx(wanted) for text, wanted in HOURS.items())


def _devices(small_demo):
    """Return devices by code: region, first day, day of removal, day from which they are past their life."""
    columns = ("equipment_id", "region_code", "installed_on", "removed_on", "service_life_years", "state")
    found = {}
    for code, region, installed, removed, life, state in core(small_demo, "equipment", columns).rows():
        if state == "removed" and removed is None:
            continue
        month_day = (installed.month, installed.day) if (installed.month, installed.day) != (2, 29) else (2, 28)
        found[code] = (region, installed, removed or NEVER, date(installed.year + life, *month_day))
    return found


def _equipment(small_demo, days, count):
    """Return counts of the devices in place on some days; ``count(code, worn, day)`` gives the numerator."""
    devices = _devices(small_demo)
    counts = defaultdict(lambda: [0, 0])
    for period, day in days.items():
        for code, (region, installed, gone, worn) in devices.items():
            if installed <= day < gone:
                cell = counts[region, period]
                cell[0] += count(code, worn <= day, day)
                cell[1] += 1
    return as_ratio(rolled(small_demo, {key: tuple(cell) for key, cell in counts.items()}), 100.0)


def _every(days, step):
    """Return some of the days: the first, every ``step``-th and the last."""
    names = list(days)
    return {name: days[name] for name in sorted({*names[::step], names[-1]})}


def test_equipment_past_its_service_life(small_demo):
    days = _every(quarter_ends(small_demo), 5)
    expected = _equipment(small_demo, days, lambda _code, is_worn, _day: is_worn)
    found = measured(small_demo, "expired_equipment_pct")
    assert set(found["period"]) == set(quarter_ends(small_demo))
    assert_same(expected, found.filter(found["period"].is_in(list(days))))


def test_equipment_in_working_order(small_demo):
    tickets = defaultdict(list)
    columns = ("equipment_id", "reported_at", "repaired_at", "state")
    for code, reported, repaired, state in core(small_demo, "repair_order", columns).rows():
        if state != "rejected":
            tickets[code].append((reported.date(), repaired.date() if repaired else NEVER))

    def works(code, is_worn, day):
        return not is_worn and not any(begun <= day < done for begun, done in tickets.get(code, ()))

    days = _every(month_ends(small_demo), 15)
    found = measured(small_demo, "equipment_intact_pct")
    assert set(found["period"]) == set(month_ends(small_demo))
    assert_same(_equipment(small_demo, days, works), found.filter(found["period"].is_in(list(days))))


def test_hours_to_repair_of_nine_tenths(small_demo):
    hours = defaultdict(list)
    columns = ("region_code", "reported_at", "repaired_at", "state")
    for region, reported, repaired, state in core(small_demo, "repair_order", columns).rows():
        if repaired is not None and state != "rejected":
            for above in holders(small_demo)[region]:
                took = (repaired - reported).total_seconds() / 3600
                hours[above, repaired.strftime("%Y-%m")].append(took)
    expected = {}
    for key, sample in hours.items():
        sample.sort()
        place = 0.9 * (len(sample) - 1)
        low = math.floor(place)
        high = min(low + 1, len(sample) - 1)
        value = sample[low] + (sample[high] - sample[low]) * (place - low)
        expected[key] = (float(len(sample)), float(len(sample)), value)
    assert_same(expected, measured(small_demo, "repair_hours_p90"))


def test_inspections_done_by_the_due_date(small_demo):
    counts = defaultdict(lambda: (0, 0))
    for region, due, visited in core(small_demo, "inspection", ("region_code", "due_on", "visited_at")).rows():
        key = (region, due.strftime("%Y-%m"))
        counts[key] = (counts[key][0] + (visited is not None and visited.date() <= due), counts[key][1] + 1)
    assert_same(as_ratio(rolled(small_demo, counts), 100.0), measured(small_demo, "inspection_on_time_pct"))


def test_residents_inside_the_circle(small_demo):
    """The newest month is the page's own coverage; earlier Decembers count fewer venues and never cover more."""
    columns = ("region_code", "category_code", "fee_code", "minute_count", "distance_kind", "age_band_code")
    rows = mart(small_demo, "mart_coverage_region", (*columns, "covered_count", "resident_count")).rows(named=True)
    whole = {
        row["region_code"]: (row["covered_count"], row["resident_count"])
        for row in rows
        if (row["category_code"], row["fee_code"], row["minute_count"]) == ("all", "all", 10)
        and (row["distance_kind"], row["age_band_code"]) == ("network", "all")
    }
    found = {(region, period): rest for region, period, *rest in measured(small_demo, "circle_coverage_pct").rows()}
    newest = max(month_ends(small_demo))
    held = [month for month in month_ends(small_demo) if month.endswith("-12") or month == newest]
    places = [code for level in ("county", "city", "province") for code in regions(small_demo, level)]
    fields = measured(small_demo, "circle_coverage_pct").columns[2:]
    complete = max(row["opened_year"] for row in _open_venues(small_demo))
    assert sorted(found) == sorted((place, month) for place in places for month in held)
    for place in places:
        figures = [dict(zip(fields, found[place, month], strict=True)) for month in held]
        assert figures[-1]["numerator"] == pytest.approx(whole[place][0], rel=1e-6)
        assert figures[-1]["denominator"] == pytest.approx(residents(small_demo)[place], rel=1e-6)
        assert figures[-1]["value"] == pytest.approx(100 * whole[place][0] / whole[place][1], rel=1e-6)
        covered = [row["numerator"] for row in figures]
        assert covered == sorted(covered)
        # Once all venues of today are open, the search of a year finds what the searches by category find together.
        same = [row["numerator"] for row, month in zip(figures, held, strict=True) if int(month[:4]) >= complete]
        assert len(same) > 1
        assert same == pytest.approx([same[-1]] * len(same), rel=1e-6)


def _metres(small_demo, year):
    """Return the way of every cell to the nearest door of a venue opened by then: scipy's search over exact lengths."""
    streets, doors, cells = (array(small_demo, name) for name in ("street_network", "entrance", "cell"))
    venues = core(small_demo, "venue", ("opened_year", "status"))
    is_open = [
        opened is not None and opened <= year and (status or "open") == "open" for opened, status in venues.rows()
    ]
    kept = np.array(is_open)[doors["venue_index"]] & (doors["edge"] >= 0)
    edge, offset, access = (doors[name][kept] for name in ("edge", "offset_cost", "access_m"))
    begin, end, length = streets["edge_from"], streets["edge_to"], streets["edge_cost_exact"] * UNIT_M
    everywhere = np.full(len(edge), len(streets["node_lon"]))
    legs = (offset * UNIT_M + access, length[edge] - offset * UNIT_M + access)
    ends = np.concatenate([begin, everywhere, everywhere]), np.concatenate([end, begin[edge], end[edge]])
    ways = pl.DataFrame({"a": np.minimum(*ends), "b": np.maximum(*ends), "m": np.concatenate([length, *legs])})
    ways = ways.group_by("a", "b").agg(pl.col("m").min().clip(1e-9))
    shape = (everywhere[0] + 1, everywhere[0] + 1)
    found = dijkstra(coo_matrix((ways["m"], (ways["a"], ways["b"])), shape).tocsr(), False, everywhere[0], limit=1000)
    at, along = cells["edge"], cells["offset_cost"] * UNIT_M
    round_ends = np.minimum(found[begin[at]] + along, found[end[at]] + length[at] - along)
    by_edge = defaultdict(list)
    for own, place, leg in zip(edge.tolist(), (offset * UNIT_M).tolist(), access.tolist(), strict=True):
        by_edge[own].append((place, leg))
    for cell, own in enumerate(at.tolist()):
        for place, leg in by_edge.get(own, ()):
            round_ends[cell] = min(round_ends[cell], abs(place - along[cell]) + leg)
    return np.where(at >= 0, round_ends + cells["access_m"], np.inf)


def test_residents_inside_the_circle_of_an_earlier_year(small_demo):
    """800 m on foot; the search of the build rounds lengths to 2.7 cm, which moves a few cells across the limit."""
    found = {(region, period): rest for region, period, *rest in measured(small_demo, "circle_coverage_pct").rows()}
    whole = array(small_demo, "cell")["residents"][:, 0]
    place = array(small_demo, "cell")["region_index"]
    counties = regions(small_demo, "county")
    is_near = _metres(small_demo, 2021) <= 800
    for number, county in enumerate(counties):
        covered = whole[(place == number) & is_near].sum()
        assert covered == pytest.approx(found[county, "2021-12"][0], rel=5e-4), county
    assert whole[is_near].sum() == pytest.approx(found[regions(small_demo, "province")[0], "2021-12"][0], rel=1e-4)


def test_hours_and_days_of_opening_patterns() -> None:
    texts = ["Mo-Fr 09:00-12:00", "Apr-Sep Mo-Su 08:00-18:00", "nobody knows", None]
    found = mart_opening_pattern.build({"core.venue": pl.DataFrame({"opening_hours": texts})})
    rows = {text: (hours, days) for text, hours, days in found.rows()}
    assert rows.keys() == set(texts[:2])
    assert rows[texts[0]] == pytest.approx((15, 5 / 7 * 365))
    assert rows[texts[1]] == pytest.approx((70 * 183 / 365, 183))
