"""Results of athletes: ranks follow from ability on the day, marks from the same, medals from ranks."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import ndtr

from warehouse import reference_tables
from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.squads import DAY_COUNT, TEAMS, ability_on, competitions, roster
from warehouse.demo.world import Ints, World

NEEDS = ("injury",)
# Level -> size of the field, its mean ability, least ability of those who are sent, share of those who go
# (assumptions, set so that the province wins a few dozen national titles a year).
_LEVELS = {
    "provincial": (36, -0.55, -9.0, 0.78),
    "national": (46, 0.70, -0.6, 0.85),
    "asian": (26, 1.30, 1.6, 0.6),
    "world": (44, 1.60, 1.75, 0.6),
    "olympic": (36, 1.75, 2.0, 0.5),
}
_SECOND_EVENT, _NOT_FINISHED = 0.6, 0.012
_WINNER = 2.4


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``competition_result``, by day and event."""
    random = world.random("competition_result")
    athletes = roster(world)
    entries = _entries(world, random, athletes)
    team, day = entries["team"].to_numpy(), entries["day"].to_numpy()
    rows = athletes[entries["place"].to_numpy()]
    events = reference_tables.table("athlete_events")
    event = _event_of(random, athletes, events, entries)
    of_team = np.array([item.group == "team" for item in TEAMS])[team]
    shape = ability_on(rows, team, day) + random.normal(0, 0.45, entries.height)
    frame = entries.with_columns(
        sex_code=rows["sex_code"], athlete_id=rows["athlete_id"], event=pl.Series(event), shape=pl.Series(shape)
    )
    # The sport of a team is one mark for all: men's and women's teams stand for themselves.
    group = [pl.col("competition"), pl.col("event"), pl.col("sex_code")]
    is_team = pl.Series("is_team", of_team)
    frame = frame.with_columns(is_team).with_columns(
        shape=pl.when("is_team").then(pl.col("shape").mean().over(group) + 0.35).otherwise(pl.col("shape"))
    )
    frame = frame.unique([*("competition", "event", "sex_code", "athlete_id")], keep="first", maintain_order=True)
    frame = frame.sort("day", "competition", "event", "sex_code", "athlete_id")
    return _finish(world, _ranked(random, frame), events)


def _entries(world: World, random: np.random.Generator, athletes: pl.DataFrame) -> pl.DataFrame:
    """Return who goes where: ``competition, team, day, level, name, place``; the injured stay at home."""
    injured = np.zeros((athletes.height, DAY_COUNT), dtype=bool)
    number = dict(zip(athletes["athlete_id"].to_list(), range(athletes.height), strict=True))
    days = world.frames["injury"].select(
        "athlete_id", (pl.col("occurred_on") - FIRST_DAY).dt.total_days(), "severity_days"
    )
    for athlete, start, lost in days.iter_rows():
        injured[number[athlete], start : start + lost] = True
    team, first, last = (athletes[name].to_numpy() for name in ("team", "first_day", "last_day"))
    parts = []
    for competition, (place, day, level, name) in enumerate(competitions(world).iter_rows()):
        _, _, least, share = _LEVELS[level]
        own = np.flatnonzero((team == place) & (first <= day) & (last >= day) & ~injured[:, day])
        able = ability_on(athletes[own], team[own], np.full(len(own), day))
        # A team is sent as a whole, not one by one.
        as_team = np.full(len(own), level in ("provincial", "national"))
        keen = as_team if TEAMS[place].group == "team" else able > least
        own = own[keen & (random.random(len(own)) < share)]
        twice = own[random.random(len(own)) < _SECOND_EVENT * (TEAMS[place].group != "team")]
        parts.append(
            pl.DataFrame({"place": np.concatenate((own, twice))}).with_columns(
                competition=pl.lit(competition),
                team=pl.lit(place),
                day=pl.lit(day),
                level=pl.lit(level),
                name=pl.lit(name),
            )
        )
    return pl.concat(parts).cast({"place": pl.Int64, "day": pl.Int64, "team": pl.Int64})


def _event_of(random: np.random.Generator, athletes: pl.DataFrame, events: pl.DataFrame, entries: pl.DataFrame) -> Ints:
    """Return the row of the event table for each entry: mostly the athlete's own event of the team."""
    codes = events["team_code"].to_numpy()
    first = np.array([np.flatnonzero(codes == team.code)[0] for team in TEAMS])
    count = np.array([(codes == team.code).sum() for team in TEAMS])
    team = entries["team"].to_numpy()
    own = random.integers(0, 1_000, athletes.height)[entries["place"].to_numpy()]
    other = np.where(random.random(entries.height) < 0.3, 1, 0)
    return first[team] + (own + other) % count[team]


def _ranked(random: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``field_size, rank``: rivals who are better, as many as is likely, and own athletes who are."""
    level = frame["level"].to_numpy()
    size, mean = (np.array([_LEVELS[name][column] for name in level.tolist()]) for column in (0, 1))
    group = frame.select(pl.struct("competition", "event", "sex_code").rle_id())["competition"].to_numpy()
    # A team has better and worse days than the mean of its players would tell.
    mood = random.normal(0, 1, group[-1] + 1)[group] * np.where(frame["is_team"].to_numpy(), 0.6, 0.28)
    rivals = np.round(size * random.uniform(0.6, 1.25, group[-1] + 1)[group])
    rivals = np.where(frame["is_team"].to_numpy(), np.minimum(rivals, 15), rivals)
    shape = frame["shape"].to_numpy()
    better = np.floor(rivals * (1 - ndtr((shape - mean + mood) / 1.0)))
    ranked = frame.with_columns(better=pl.Series(better), group=pl.Series(group), rivals=pl.Series(rivals))
    ahead = pl.col("shape").rank("min", descending=True).over("group") - 1
    own = pl.when("is_team").then(1).otherwise(pl.len().over("group"))
    lost = pl.Series(random.random(frame.height) < _NOT_FINISHED) & ~pl.col("is_team")
    return ranked.with_columns(
        rank=pl.when(lost)
        .then(None)
        .otherwise(pl.col("better") + pl.when("is_team").then(0).otherwise(ahead) + 1)
        .cast(pl.Int64),
        field_size=(pl.col("rivals") + own).cast(pl.Int64),
    )


def _finish(world: World, frame: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the contract; one mark with a slipped decimal point is planted."""
    row = events[frame["event"].to_numpy()]
    number = {name: row[name].cast(pl.Float64, strict=False) for name in ("male_mark", "female_mark", "spread_share")}
    is_man = frame["sex_code"].to_numpy() == "male"
    best = np.where(is_man, number["male_mark"].to_numpy(), number["female_mark"].to_numpy()).astype(np.float64)
    gap = number["spread_share"].to_numpy().astype(np.float64) * (_WINNER - frame["shape"].to_numpy())
    mark = best * np.where(row["better"].to_numpy() == "lower", 1 + gap, 1 - gap)
    mark = np.where(frame["rank"].is_null().to_numpy(), np.nan, mark)
    mark = _slipped(world, frame, mark)
    start = pl.lit(FIRST_DAY) + pl.duration(days=pl.col("day"))
    codes = pl.Series([team.code for team in TEAMS])
    sex = pl.when(pl.col("sex_code") == "male").then(pl.lit("男子")).otherwise(pl.lit("女子"))
    medal = pl.col("rank").replace_strict({1: "gold", 2: "silver", 3: "bronze"}, default=None, return_dtype=pl.String)
    place = pl.col("event").rank("dense").over("team").cast(pl.String)
    return frame.select(
        result_id=pl.lit("R") + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6),
        athlete_id="athlete_id",
        event_id=pl.concat_str(
            pl.lit("E"),
            pl.col("competition").cast(pl.String).str.zfill(4),
            place,
            pl.col("sex_code").str.slice(0, 1).str.to_uppercase(),
            separator="-",
        ),
        event_name=pl.concat_str("name", sex, row["event_zh"]),
        discipline_code=pl.Series([team.discipline for team in TEAMS]).gather(frame["team"]),
        level_code="level",
        held_on=start,
        field_size="field_size",
        rank="rank",
        mark=pl.Series(np.round(mark, 2)).fill_nan(None),
        mark_unit=pl.when(pl.Series(np.isnan(mark))).then(None).otherwise(row["unit"]),
        medal=medal,
        is_team_event="is_team",
        team=codes.gather(frame["team"]),
    ).drop("team")


def _slipped(world: World, frame: pl.DataFrame, mark: Floats) -> Floats:
    """Return the marks, two of them ten times what they were (planted)."""
    changed = mark.copy()
    days = world.days["date"]
    for row in world.random("faults", "competition_result").choice(np.flatnonzero(~np.isnan(mark)), 2).tolist():
        changed[row] *= 10
        day = days[int(frame["day"][row])]
        world.plant(
            "competition_result",
            "unit",
            entity=f"R{row + 1:06d}",
            started_on=day,
            ended_on=day,
            factor=10.0,
            note="a mark whose decimal point slipped",
        )
    return changed
