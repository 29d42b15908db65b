"""Indicators of sports culture, counted again from core tables in plain Python; heritage is with the events."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from analytics.indicator import indicators
from tests.indicators.core_rows import (
    as_ratio,
    as_sum,
    assert_same,
    core,
    holders,
    measured,
    month_ends,
    regions,
    rolled,
)
from tests.indicators.part_rows import assert_parts, city_of, summed
from warehouse.demo.records._phrases import PHRASES
from warehouse.indicator_coherence import adding_parents


def _visits(small_demo: Path, top: str, below: str = "") -> dict:
    """Return sums of columns by bureau, month and kind of channel."""
    columns = ("region_code", "month", "channel_kind_code", top, below or top)
    total: dict = defaultdict(lambda: (0.0, 0.0))
    for region, month, kind, first, second in core(small_demo, "culture_visit", columns).iter_rows():
        before = total[region, month, kind]
        total[region, month, kind] = (before[0] + (first or 0), before[1] + (second or 0 if below else 0))
    return total


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("culture_view_count", "view_count"),
        ("culture_post_count", "post_count"),
        ("museum_visit_count", "museum_visit_count"),
    ],
)
def test_reach(small_demo: Path, code: str, column: str) -> None:
    parts = _visits(small_demo, column)
    assert_same(as_sum(rolled(small_demo, summed(parts), fill="city")), measured(small_demo, code))
    if indicators()[code].part:
        assert_parts(small_demo, code, parts)


def test_the_province_has_its_own_channels_besides_those_of_its_cities(small_demo: Path) -> None:
    found = measured(small_demo, "culture_view_count").filter(period="2026-09")
    of = dict(zip(found["region_code"], found["value"], strict=True))
    own = sum(
        top
        for (region, month, _), (top, _) in _visits(small_demo, "view_count").items()
        if (region, month) == ("320000", "2026-09")
    )
    assert own > 0
    assert of["320000"] == own + sum(of[city] for city in regions(small_demo, "city"))


def test_forecasts_of_a_province_with_its_own_channels_are_not_split_over_its_cities(small_demo: Path) -> None:
    areas = ["320000", *regions(small_demo, "city")]
    parents = (-1, *(0 for _ in areas[1:]))
    for code, wanted in (("culture_view_count", (-1,) * len(areas)), ("heritage_event_count", parents)):
        found = measured(small_demo, code).pivot(on="period", index="region_code", values="value")
        counted = np.array([found.filter(region_code=area).drop("region_code").row(0) for area in areas], dtype=float)
        assert adding_parents(parents, counted) == wanted


def test_views_of_a_post(small_demo: Path) -> None:
    parts = _visits(small_demo, "view_count", "post_count")
    assert_same(as_ratio(rolled(small_demo, summed(parts))), measured(small_demo, "views_per_post"))
    assert_parts(small_demo, "views_per_post", parts)


def test_concentration_over_kinds_of_channels(small_demo: Path) -> None:
    kinds = defaultdict(Counter)
    for (region, month, kind), (views, _) in _visits(small_demo, "view_count").items():
        for area in holders(small_demo)[region]:
            kinds[area, month][kind] += views
    expected = {
        key: (len(own), own.total(), sum((views / own.total()) ** 2 for views in own.values()))
        for key, own in kinds.items()
    }
    assert_same(expected, measured(small_demo, "channel_concentration"))
    assert all(0.1 - 1e-9 <= value <= 1 for _, _, value in expected.values())


def test_campus_football_schools(small_demo: Path) -> None:
    city = city_of(small_demo)
    columns = ("region_code", "kind_code", "founded_on", "closed_on")
    schools = [row for row in core(small_demo, "youth_club", columns).iter_rows() if row[1] == "campus_football_school"]
    # The last month of a year overwrites those before it.
    ends = {month[:4]: day for month, day in month_ends(small_demo).items()}
    counts = Counter(
        (city[region], year)
        for year, day in ends.items()
        for region, _, founded, closed in schools
        if founded <= day and (closed is None or closed > day)
    )
    expected = as_sum(rolled(small_demo, {key: (float(count), 0.0) for key, count in counts.items()}, fill="city"))
    assert_same(expected, measured(small_demo, "football_school_count"))


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what finds praise, blame and praise denied, from the words of the published method."""
    method = indicators()["positive_opinion_pct"].method_zh
    lists = [re.search(f"{name}词：([^。]+)。", method) for name in ("正面", "负面")]
    praise, blame = ("|".join(found.group(1).split("、")) for found in lists if found)
    return re.compile(praise), re.compile(blame), re.compile(f"(?:没有|没|不|无)(?:太|够|很|怎么|那么)?(?:{praise})")


def _mood(text: str) -> int:
    """Return 1 for praise, -1 for blame, 0 for neither."""
    praise, blame, denied = _words()
    said = denied.sub("差评", text)
    good, bad = len(praise.findall(said)), len(blame.findall(said))
    return (good > bad) - (good < bad)


def test_posts_that_praise(small_demo: Path) -> None:
    city = city_of(small_demo)
    praised, told = Counter(), Counter()
    columns = ("region_code", "posted_at", "source_code", "text")
    for region, at, source, text in core(small_demo, "opinion_post", columns).iter_rows():
        mood = _mood(text)
        year, week, _ = at.isocalendar()
        key = (city.get(region, region), f"{year}-W{week:02d}", source)
        praised[key] += mood > 0
        told[key] += mood != 0
    parts = {key: (float(praised[key]), float(count)) for key, count in told.items() if count}
    found = measured(small_demo, "positive_opinion_pct")
    assert_same(as_ratio(rolled(small_demo, summed(parts)), 100), found)
    assert_parts(small_demo, "positive_opinion_pct", parts)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("教练热情，环境干净", 1),
        ("教练不热情", -1),
        ("这里不太方便", -1),
        ("没有不满意的地方", -1),
        ("场馆几点开门", 0),
        ("很好，可是太贵", 0),
        ("很好，可是太贵，还很脏", -1),
    ],
)
def test_moods(text: str, mood: int) -> None:
    assert _mood(text) == mood


def test_invented_posts_are_mostly_read_as_they_are_meant() -> None:
    """Praise, blame and questions of the demo; the lists are general words, so not every phrase is caught."""
    wanted = {1: 0.9, -1: 0.9, 0: 0.9}
    for place, mood in enumerate((1, -1, 0)):
        said = [phrase for moods in PHRASES.values() for phrase in moods[place]]
        right = sum(_mood(phrase) == mood for phrase in said) / len(said)
        assert right >= wanted[mood], (mood, [phrase for phrase in said if _mood(phrase) != mood])
