"""Posts about sport services, put together from phrases; bursts about one topic are planted."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.records._phrases import ENDINGS, OPENINGS, PHRASES, PLACES
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
A_YEAR = 23_000
SOURCES = ("microblog", "forum", "short_video", "news", "hotline", "app_review")
_SOURCE_SHARE = (0.34, 0.10, 0.26, 0.08, 0.12, 0.10)
# How topics are shared and what is merely said; the rest is praise or blame (assumptions).
_TOPIC_SHARE = (0.12, 0.15, 0.09, 0.09, 0.13, 0.16, 0.14, 0.12)
_NEUTRAL = 0.22
_BLAMED_FIRST, _BLAMED_LAST = 0.27, 0.19
# Share of a day's posts in each hour (assumption): lunch and evening.
_HOURS = np.array([2, 1, 1, 1, 1, 1, 2, 4, 6, 6, 6, 6, 8, 7, 6, 5, 5, 6, 8, 10, 11, 10, 8, 4], dtype=np.float64)
_PLANTED_IN_PROVINCE = 30
_BURST_POSTS = 180
_NAMES = tuple(PHRASES)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``opinion_post``, by instant. Texts praise, blame or ask; which, stays out of the data."""
    random = world.random("opinion_post")
    rows = world.rows("opinion_post", world.monthly("opinion_post", A_YEAR, growth=0.10, closes=0.3), on_days_off=1.2)
    count = rows.height
    day = (rows["date"] - world.days["date"][0]).dt.total_days().to_numpy()
    topic = random.choice(len(_NAMES), count, p=_TOPIC_SHARE)
    blamed = _BLAMED_FIRST + (_BLAMED_LAST - _BLAMED_FIRST) * day / world.days.height
    vigour = world.counties["vigour"].to_numpy()[rows["county_index"].to_numpy()]
    drawn = random.random(count)
    # 0 praises, 1 blames, 2 asks.
    mood = np.select([drawn < _NEUTRAL, drawn < _NEUTRAL + blamed / vigour], [2, 1], 0)
    hour = np.searchsorted(np.cumsum(_HOURS) / _HOURS.sum(), random.random(count))
    second = hour * 3_600 + random.integers(0, 3_600, count)
    burst = _bursts(world)
    region = pl.concat([rows["region_code"], burst["region_code"]])
    day = np.concatenate((day, burst["day"].to_numpy()))
    second = np.concatenate((second, burst["second"].to_numpy()))
    topic = np.concatenate((topic, burst["topic"].to_numpy()))
    mood = np.concatenate((mood, np.ones(burst.height, dtype=np.int64)))
    is_burst = np.arange(len(day)) >= count
    start = np.datetime64(world.days["date"][0], "us").astype(np.int64) - 8 * 3_600_000_000
    posted = start + day.astype(np.int64) * 86_400_000_000 + second.astype(np.int64) * 1_000_000
    likes, comments, shares = (_interactions(random, is_burst, mean) for mean in (3.0, 1.2, 0.6))
    frame = pl.DataFrame(
        {
            "source_code": np.array(SOURCES)[random.choice(len(SOURCES), len(day), p=_SOURCE_SHARE)].tolist(),
            "posted_at": _instants(posted),
            "collected_at": _instants(posted + random.integers(60, 1_200, len(day)) * 1_000_000),
            "text": _texts(world, random, region, topic, mood),
            "region_code": region,
            "interaction_count": likes + comments + shares,
            "like_count": likes,
            "comment_count": comments,
            "share_count": shares,
        }
    ).sort("posted_at", "region_code", "text")
    number = pl.int_range(1, frame.height + 1, eager=True).cast(pl.String).str.zfill(7)
    return frame.insert_column(0, ("POST" + number).alias("post_id"))


def _texts(world: World, random: np.random.Generator, region: pl.Series, topic: Ints, mood: Ints) -> pl.Series:
    """Return one text a post: opening, county, place, phrase, ending."""
    count = len(topic)
    names = dict(world.frames["region"].select("region_code", "region_name").iter_rows())
    most = max(len(said) for moods in PHRASES.values() for said in moods)
    table = np.array(
        [[[said[n % len(said)] for n in range(most)] for said in moods] for moods in PHRASES.values()], dtype=object
    )
    phrase = table[topic, mood, random.integers(0, most * 3, count) % np.where(mood == 2, 3, most)]
    parts = {
        "opening": np.array(OPENINGS, dtype=object)[random.integers(0, len(OPENINGS), count)],
        "place": np.array(PLACES, dtype=object)[random.integers(0, len(PLACES), count)],
        "phrase": phrase,
        "ending": np.array(ENDINGS, dtype=object)[random.integers(0, len(ENDINGS), count)],
    }
    frame = pl.DataFrame({name: pl.Series(values.tolist(), dtype=pl.String) for name, values in parts.items()})
    frame = frame.with_columns(county=region.replace_strict(names, return_dtype=pl.String))
    return frame.select(pl.concat_str("opening", "county", "place", pl.lit("，"), "phrase", "ending")).to_series()


def _bursts(world: World) -> pl.DataFrame:
    """Return the posts of planted bursts, all of blame: region_code, day, second, topic; and record them."""
    random = world.random("opinion_post", "bursts")
    parts = []
    for _ in range(max(4, world.scaled(_PLANTED_IN_PROVINCE))):
        region = world.counties["region_code"][int(random.integers(world.counties.height))]
        day = world.days.height - int(random.integers(6, 700))
        topic, size = int(random.integers(len(_NAMES))), int(_BURST_POSTS * random.uniform(0.4, 1.6))
        # Most is said within the first hours, the rest within two days.
        after = np.minimum(random.exponential(9 * 3_600, size), 2 * 86_400 - 1) + 8 * 3_600
        parts.append(
            pl.DataFrame(
                {
                    "region_code": [region] * size,
                    "day": day + (after // 86_400).astype(np.int64),
                    "second": (after % 86_400).astype(np.int64),
                    "topic": np.full(size, topic),
                }
            )
        )
        started = world.days["date"][day]
        world.plant(
            "opinion_post",
            "spike",
            region_code=region,
            entity=_NAMES[topic],
            started_on=started,
            ended_on=min(started + timedelta(days=2), LAST_DAY),
            note=f"a burst of {size} posts about {_NAMES[topic]}",
        )
    return pl.concat(parts)


def _interactions(random: np.random.Generator, is_burst: np.ndarray, mean: float) -> Ints:
    level = mean * np.where(is_burst, 6.0, 1.0) * random.lognormal(0, 1.2, len(is_burst))
    return random.poisson(level).astype(np.int64)


def _instants(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers).cast(pl.Datetime("us", "UTC"))
