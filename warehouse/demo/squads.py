"""The provincial teams of the demo: their coaches, athletes, seasons and calendars of competitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

# Athletes that one of five years ever sees and that are in the teams at a time, and one coach for eight (assumptions).
ACTIVE_ATHLETES, ATHLETES_A_COACH, FORMER_COACHES = 1_500, 8, 110
_CAREER_YEARS = 8.3
DAY_COUNT = (LAST_DAY - FIRST_DAY).days + 1


@dataclass(frozen=True, slots=True)
class Team:
    """What a team is like.

    Attributes
    ----------
    code, discipline : str
        Of the code lists ``elite_team`` and ``discipline``.
    group : str
        ``endurance``, ``power``, ``skill``, ``combat``, ``racket`` or ``team``.
    size : int
        Athletes in the province.
    men : float
        Share of men.
    first_age, peak_age : int
        Usual years of age on joining and at the best results.
    weekly_load : int
        Usual load of a week in AU (2,000 to 4,500 in elite sport, from memory, unverified).
    """

    code: str
    discipline: str
    group: str
    size: int
    men: float
    first_age: int
    peak_age: int
    weekly_load: int


# Sizes, ages and loads are assumptions.
TEAMS: tuple[Team, ...] = (
    Team("track", "athletics", "power", 105, 0.5, 15, 24, 3300),
    Team("field", "athletics", "power", 75, 0.5, 15, 25, 3200),
    Team("swimming", "swimming", "endurance", 95, 0.5, 12, 21, 4100),
    Team("diving", "diving", "skill", 35, 0.5, 10, 19, 3300),
    Team("artistic_swimming", "artistic_swimming", "skill", 28, 0.05, 12, 21, 3800),
    Team("gymnastics", "gymnastics", "skill", 50, 0.5, 9, 19, 3500),
    Team("trampoline", "trampoline", "skill", 25, 0.5, 10, 21, 2900),
    Team("weightlifting", "weightlifting", "power", 50, 0.5, 13, 24, 3000),
    Team("wrestling", "wrestling", "combat", 55, 0.6, 14, 24, 3300),
    Team("judo", "judo", "combat", 55, 0.5, 14, 24, 3300),
    Team("boxing", "boxing", "combat", 45, 0.55, 15, 24, 3200),
    Team("taekwondo", "taekwondo", "combat", 40, 0.5, 14, 22, 3000),
    Team("fencing", "fencing", "combat", 70, 0.5, 13, 24, 2900),
    Team("shooting", "shooting", "skill", 85, 0.5, 14, 25, 2300),
    Team("archery", "archery", "skill", 32, 0.5, 14, 24, 2300),
    Team("rowing", "rowing", "endurance", 70, 0.55, 15, 24, 4300),
    Team("canoe", "canoe", "endurance", 55, 0.55, 15, 24, 4200),
    Team("sailing", "sailing", "endurance", 35, 0.5, 14, 25, 2800),
    Team("cycling", "cycling", "endurance", 50, 0.55, 15, 25, 4400),
    Team("modern_pentathlon", "modern_pentathlon", "endurance", 28, 0.5, 14, 24, 3900),
    Team("triathlon", "triathlon", "endurance", 22, 0.5, 15, 25, 4300),
    Team("table_tennis", "table_tennis", "racket", 45, 0.5, 10, 23, 2900),
    Team("badminton", "badminton", "racket", 50, 0.5, 11, 23, 3100),
    Team("tennis", "tennis", "racket", 40, 0.5, 12, 23, 3000),
    Team("football_women", "football", "team", 60, 0.0, 14, 25, 2900),
    Team("basketball_men", "basketball", "team", 45, 1.0, 15, 25, 2900),
    Team("volleyball_women", "volleyball", "team", 40, 0.0, 14, 24, 2800),
    Team("volleyball_men", "volleyball", "team", 40, 1.0, 15, 25, 2800),
    Team("hockey", "hockey", "team", 50, 0.35, 14, 24, 3000),
    Team("softball", "baseball_softball", "team", 45, 0.4, 14, 24, 2700),
)
# The fixed points of these seasons: first day, level, name. The provincial games are open to all teams.
GAMES: tuple[tuple[date, str, str], ...] = (
    (date(2022, 8, 28), "provincial", "省运会"),
    (date(2023, 9, 24), "asian", "亚运会"),
    (date(2024, 7, 27), "olympic", "奥运会"),
    (date(2025, 11, 9), "national", "全运会"),
    (date(2026, 9, 5), "provincial", "省运会"),
    (date(2026, 9, 20), "asian", "亚运会"),
)
_TAPERED = ("provincial", "national")
# Events of an ordinary year: level and days of the year that they lie around.
_YEARLY: tuple[tuple[str, int], ...] = (
    ("provincial", 80),
    ("provincial", 120),
    ("provincial", 205),
    ("provincial", 275),
    ("provincial", 315),
    ("national", 95),
    ("national", 115),
    ("national", 140),
    ("national", 180),
    ("national", 235),
    ("national", 265),
    ("national", 290),
    ("asian", 160),
    ("world", 225),
)


def coaches(world: World) -> pl.DataFrame:
    """Return every coach: those in office first, team by team.

    Returns
    -------
    polars.DataFrame
        ``coach_id, number, team`` (place in :data:`TEAMS`), ``is_in_office``.
    """
    sizes = np.array([team.size for team in TEAMS], dtype=np.float64)
    now = world.spread(max(1, round(world.scaled(ACTIVE_ATHLETES) / ATHLETES_A_COACH)), sizes)
    before = world.spread(world.scaled(FORMER_COACHES), sizes)
    team = np.concatenate((np.repeat(np.arange(len(TEAMS)), now), np.repeat(np.arange(len(TEAMS)), before)))
    number = np.arange(1, len(team) + 1)
    return pl.DataFrame(
        {
            "coach_id": [f"C{n:05d}" for n in number],
            "number": number,
            "team": team,
            "is_in_office": np.arange(len(team)) < now.sum(),
        }
    )


def roster(world: World) -> pl.DataFrame:
    """Return every athlete who is in a team on at least one of the demo's days.

    Returns
    -------
    polars.DataFrame
        ``athlete_id, number, team, sex_code, birth_on, region_code, coach_id, registered_on, left_on`` (null for who
        stays), ``first_day, last_day`` (first and last day in the team, counted from the demo's first),
        ``ability`` (about standard normal at the peak of age), ``monitored_from`` (day from which load is recorded; the
        number of days where never).
    """
    random = world.random("roster")
    sizes = np.array([team.size for team in TEAMS], dtype=np.float64)
    years = DAY_COUNT / 365.25
    active = world.scaled(ACTIVE_ATHLETES)
    entering = round(active * years / _CAREER_YEARS)
    team = np.concatenate([np.repeat(np.arange(len(TEAMS)), world.spread(n, sizes)) for n in (active, entering)])
    count, is_old = len(team), np.arange(len(team)) < active
    # Who is met on a day has, on average, a longer career than who enters: one more in the shape of the gamma.
    # No career lasts longer than 22 years, so nobody is in a team beyond an athlete's age.
    career = np.minimum(random.gamma(np.where(is_old, 4.0, 3.0), _CAREER_YEARS / 3, count), 22.0) * 365.25
    share_gone = random.random(count)
    start = np.where(is_old, -career * share_gone, random.random(count) * DAY_COUNT).astype(np.int64)
    end = (start + career).astype(np.int64)
    end = np.maximum(end, np.where(is_old, 20, start + 90))
    first_age = np.array([item.first_age for item in TEAMS])[team]
    age_days = (np.maximum(first_age + random.normal(0, 1.2, count), 8.5) * 365.25).astype(np.int64)
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy() ** 1.5
    county = random.choice(counties.height, count, p=weights / weights.sum())
    is_man = random.random(count) < np.array([item.men for item in TEAMS])[team]
    day = np.datetime64(FIRST_DAY)
    left = np.where(end < DAY_COUNT, day + end, np.datetime64("NaT"))
    return pl.DataFrame(
        {
            "athlete_id": [f"A{n:05d}" for n in range(1, count + 1)],
            "number": np.arange(1, count + 1),
            "team": team,
            "sex_code": np.where(is_man, "male", "female"),
            "birth_on": day + start - age_days,
            "region_code": counties["region_code"].to_numpy()[county],
            "coach_id": _coach_of(world, team),
            "registered_on": day + start,
            "left_on": left,
            "first_day": np.maximum(start, 0),
            "last_day": np.minimum(end, DAY_COUNT - 1),
            "ability": random.normal(0, 1, count) + 0.25 * (career > 8 * 365),
            "monitored_from": _monitored_from(random.random(count), np.maximum(start, 0)),
        }
    ).cast({"birth_on": pl.Date, "registered_on": pl.Date, "left_on": pl.Date, "region_code": pl.String})


def season(world: World) -> Floats:
    """Return the planned load of each team on each day, mean about 1 over training days; shape (teams, days).

    Weeks rest on Sundays, three weeks of rising load are followed by a light one, load falls in the fortnight before
    the main events (taper), and rests after them, over Spring Festival and in part while an epidemic closes places.
    """
    frame = world.days
    weekday = np.array([1.05, 1.2, 0.85, 1.15, 1.05, 0.75, 0.08])[frame["weekday"].to_numpy()]
    number = np.arange(DAY_COUNT)
    month = frame["date"].dt.month().to_numpy()
    # Volume in winter, sharpness in summer.
    yearly = 1.0 + 0.10 * np.cos(2 * np.pi * (month - 1.5) / 12)
    open_share = world.month_closure.mean(axis=0)[frame["month_index"].to_numpy()]
    closed = np.sqrt(0.5 + 0.5 * open_share)
    plan = np.empty((len(TEAMS), DAY_COUNT))
    for place in range(len(TEAMS)):
        week = (number + 7 * place) // 7 % 4
        plan[place] = weekday * np.array([0.95, 1.08, 1.2, 0.72])[week] * yearly * closed
        for peak in _peaks(world, place):
            before, after = peak - number, number - peak
            taper = np.where((before > 0) & (before <= 14), 0.5 + 0.5 * before / 14, 1.0)
            rest = np.where((after > 7) & (after <= 17), 0.5, 1.0)
            plan[place] *= taper * rest
    feast = frame["kind"].to_numpy() == "holiday"
    feast &= np.isin(month, (1, 2)) & (frame["date"].dt.day().to_numpy() != 1)
    plan[:, feast] *= 0.1
    return plan


def competitions(world: World) -> pl.DataFrame:
    """Return the competitions of each team within the demo: ``team, day, level, name``, sorted by team and day."""
    rows: list[tuple[int, int, str, str]] = []
    for place in range(len(TEAMS)):
        random = world.random("competitions", TEAMS[place].code)
        for games, level, name in GAMES:
            # No women's football or softball at every Games; all others go.
            rows.append((place, (games - FIRST_DAY).days + int(random.integers(0, 9)), level, name))
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
            for level, around in _YEARLY:
                day = (date(year, 1, 1) - FIRST_DAY).days + around + int(random.integers(-18, 19))
                # While places were closed in spring 2022 nothing was held, and in 2021 the demo begins in November.
                if 0 <= day < DAY_COUNT and not 135 <= day <= 211:
                    rows.append((place, day, level, f"{year} 年{_NAMES[level]}"))
    frame = pl.DataFrame(rows, schema=["team", "day", "level", "name"], orient="row")
    return frame.filter(pl.col("day") < DAY_COUNT).sort("team", "day", "name")


_NAMES = {"provincial": "省级比赛", "national": "全国比赛", "asian": "亚洲比赛", "world": "世界比赛"}


def ability_on(athletes: pl.DataFrame, team: Ints, day: Ints) -> Floats:
    """Return the ability of athletes on days: their own less what lies between their age and the peak, shape (n,).

    Parameters
    ----------
    athletes : polars.DataFrame
        Rows of `roster`, one for each entry of ``day``.
    team, day : int64, shape (n,)
        Place of the team, day counted from the demo's first.
    """
    age = (np.datetime64(FIRST_DAY) + day - athletes["birth_on"].to_numpy()).astype("timedelta64[D]").astype(float)
    beyond = age / 365.25 - np.array([item.peak_age for item in TEAMS])[team]
    return athletes["ability"].to_numpy() - 0.022 * np.where(beyond < 0, beyond**2, 0.6 * beyond**2)


def _peaks(world: World, place: int) -> list[int]:
    """Return the days of a team's main events: the games of province and nation, else one national final a year."""
    peaks = [(day - FIRST_DAY).days for day, level, _ in GAMES if level in _TAPERED]
    random = world.random("peaks", TEAMS[place].code)
    for year in (2022, 2023, 2024, 2025):
        day = (date(year, 9, 5) - FIRST_DAY).days + int(random.integers(-25, 26))
        if all(abs(day - other) > 60 for other in peaks):
            peaks.append(day)
    return sorted(peaks)


def _coach_of(world: World, team: Ints) -> list[str]:
    """Return a coach in office for each athlete: of the own team, or of the next one where that has none."""
    frame = coaches(world).filter("is_in_office")
    ids, of_team = frame["coach_id"].to_list(), frame["team"].to_numpy()
    turn: dict[int, int] = {}
    found = []
    for place in team.tolist():
        low, high = np.searchsorted(of_team, place), np.searchsorted(of_team, place, side="right")
        turn[place] = turn.get(place, -1) + 1
        chosen = low + turn[place] % (high - low) if high > low else min(low, len(ids) - 1)
        found.append(ids[int(chosen)])
    return found


def _monitored_from(chance: Floats, start: Ints) -> Ints:
    """Return the day from which load is recorded: 42 % of athletes at first, 66 % at the end (assumption)."""
    first = (chance - 0.42) / 0.24 * DAY_COUNT
    return np.clip(np.maximum(first, start), 0, DAY_COUNT).astype(np.int64)
