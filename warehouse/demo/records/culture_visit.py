"""Reach of the bureaus' media: ten channels of the province and of each city, month by month."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo import calendar
from warehouse.demo.grid import Floats
from warehouse.demo.lapses import with_gaps
from warehouse.demo.reference import PROVINCE_CODE
from warehouse.demo.world import Ints, World

NEEDS = ("event",)
# Kind of channel -> posts a month and views a post of a city of 6 million people (assumption), growth a year.
_CHANNELS = {
    "website": (85, 900, -0.04),
    "wechat": (62, 3_200, 0.05),
    "weibo": (95, 1_500, -0.06),
    "short_video": (38, 9_500, 0.28),
    "live": (7, 26_000, 0.22),
    "newspaper": (24, 1_900, -0.08),
    "broadcast": (12, 14_000, -0.03),
    "app": (45, 1_100, 0.12),
    "online_museum": (6, 2_600, 0.15),
    "magazine": (5, 800, -0.05),
}
_PROVINCE_FACTOR, _TYPICAL_CITY = 3.2, 6_000_000
_SPREAD, _VIRAL, _VIRAL_FACTOR, _SILENT_MONTHS = 0.16, 3, 7.0, 3
_SHARED, _FOLLOWERS_PER_VIEW = 0.012, 0.9
# Cells left empty in a county of average order (assumption).
_GAPS = {"share_count": 0.02, "follower_count": 0.03}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``culture_visit``: views follow the events of the city and the month."""
    random = world.random("culture_visit")
    units = [PROVINCE_CODE, *world.cities]
    kinds = list(_CHANNELS)
    posts_base, views_base, growth = (
        np.array(values, dtype=np.float64) for values in zip(*_CHANNELS.values(), strict=True)
    )
    size = _sizes(world)
    years = np.arange(calendar.MONTH_COUNT) / 12 - 2.5
    appeal = random.lognormal(0, 0.25, (len(units), len(kinds), 1))
    buzz = _buzz(world)[:, None, :]
    noise = random.lognormal(-(_SPREAD**2) / 2, _SPREAD, (len(units), len(kinds), calendar.MONTH_COUNT))
    trend = (1 + growth)[:, None] ** years
    posts = random.poisson(posts_base[:, None] * np.sqrt(size)[:, None, None] * (0.8 + 0.2 * buzz) * trend**0.3)
    views = posts * views_base[:, None] * size[:, None, None] ** 0.6 * appeal * trend * buzz**0.5 * noise
    views = _with_faults(world, units, posts, views, random)
    shares = views * _SHARED * random.lognormal(0, 0.3, views.shape)
    followers = views_base[:, None] * posts_base[:, None] * size[:, None, None] * appeal * trend * _FOLLOWERS_PER_VIEW
    unit, kind, month = (axis.ravel() for axis in np.indices(views.shape))
    kind_code = pl.Series(kinds).gather(kind)
    region_code = pl.Series(units).gather(unit)
    visits = np.round(views.ravel() * 0.8).astype(np.int64)
    made = pl.DataFrame(
        {
            "channel_code": region_code + "-" + kind_code,
            "month": pl.Series(world.months).gather(month),
            "region_code": region_code,
            "channel_kind_code": kind_code,
            "post_count": posts.ravel(),
            "view_count": np.round(views.ravel()).astype(np.int64),
            "share_count": np.minimum(shares, views).ravel().astype(np.int64),
            "follower_count": followers.ravel().astype(np.int64),
            "museum_visit_count": pl.Series(visits).zip_with(
                kind_code == "online_museum", pl.Series([None], dtype=pl.Int64).new_from_index(0, len(visits))
            ),
        }
    )
    return with_gaps(world, "culture_visit", made, _GAPS)


def _sizes(world: World) -> Floats:
    """Return how large the audience of the province and of each city is against a typical city."""
    people = world.counties.group_by("city_code").agg(pl.col("residents").sum()).sort("city_code")
    of_city = dict(zip(people["city_code"], people["residents"], strict=True))
    own = np.array([of_city[code] for code in world.cities]) / _TYPICAL_CITY
    return np.concatenate(([_PROVINCE_FACTOR], own))


def _buzz(world: World) -> Floats:
    """Return how much happens in the province and each city in a month, mean 1 over the months."""
    city = pl.concat_str(pl.col("region_code").str.slice(0, 4), pl.lit("00"))
    held = world.frames["event"].filter(pl.col("state") == "held")
    counted = held.group_by(city=city, month=pl.col("start_on").dt.strftime("%Y-%m")).agg(events=pl.len())
    wide = counted.pivot("month", index="city", values="events").fill_null(0)
    rows = {str(row[0]): np.array(row[1:], dtype=np.float64) for row in wide.select("city", *world.months).rows()}
    of_city = np.array([rows[code] for code in world.cities])
    whole = np.vstack((of_city.sum(axis=0, keepdims=True), of_city))
    return whole / whole.mean(axis=1, keepdims=True)


def _with_faults(world: World, units: list[str], posts: Ints, views: Floats, random: np.random.Generator) -> Floats:
    """Plant viral posts, a silent channel and a month that was sent twice; the posts change in place."""
    kinds = list(_CHANNELS)
    places = random.choice(views.shape[0] * len(kinds), size=_VIRAL + 2, replace=False).tolist()
    for number, place in enumerate(places):
        unit, kind = divmod(place, len(kinds))
        month = int(random.integers(26, calendar.MONTH_COUNT - 6))
        length = 1
        if number < _VIRAL:
            fault, factor, note = "spike", _VIRAL_FACTOR, "a post of the channel went viral"
            views[unit, kind, month] *= factor
        elif number == _VIRAL:
            fault, factor, note, length = "zero", 0.0, "the channel posted nothing for months", _SILENT_MONTHS
            posts[unit, kind, month : month + length] = 0
            views[unit, kind, month : month + length] = 0
        else:
            fault, factor, note = "repeated", None, "the figures of the month before were sent again"
            posts[unit, kind, month], views[unit, kind, month] = (
                posts[unit, kind, month - 1],
                views[unit, kind, month - 1],
            )
        days = world.days.filter(pl.col("month_index").is_between(month, month + length - 1))["date"]
        world.plant(
            "culture_visit",
            fault,
            region_code=units[unit],
            entity=f"{units[unit]}-{kinds[kind]}",
            started_on=days[0],
            ended_on=days[-1],
            factor=factor,
            note=note,
        )
    return views
