"""Sports events and activities of all levels, held by bureaus, associations, clubs, firms, schools and communities."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.lapses import with_gaps
from warehouse.demo.picking import Picker
from warehouse.demo.records._event_size import crowd_columns
from warehouse.demo.world import Ints, World

NEEDS = ("venue", "population_cell", "club", "code_list")
# "省 群众赛事活动 近6000" (2024) fixes the mass events; "省 50人以上活动 12000" (2019) all of them together;
# the split of the others is an assumption.
KINDS = {"mass": 6_000, "activity": 4_300, "youth": 1_150, "traditional": 450, "elite": 430, "professional": 150}
LEVELS = ("township", "county", "city", "provincial", "national", "international")
# Share of each level within a kind (assumption); with "苏州 省级以上竞赛 92" (2018) the province has about 600 a year
# of provincial level or above.
_LEVEL_SHARES = {
    "mass": (0.30, 0.52, 0.145, 0.026, 0.007, 0.002),
    "activity": (0.56, 0.34, 0.09, 0.009, 0.001, 0.0),
    "youth": (0.05, 0.52, 0.34, 0.075, 0.012, 0.003),
    "traditional": (0.44, 0.40, 0.13, 0.02, 0.008, 0.002),
    "elite": (0.0, 0.14, 0.46, 0.29, 0.09, 0.02),
    "professional": (0.0, 0.04, 0.36, 0.18, 0.32, 0.10),
}
_DISCIPLINES = {
    "mass": ("running", "badminton", "table_tennis", "basketball", "football", "square_dance", "tai_chi", "swimming"),
    "activity": ("square_dance", "tai_chi", "hiking", "aerobics", "cycling", "yoga", "rope_skipping", "shuttlecock"),
    "youth": ("football", "basketball", "athletics", "swimming", "taekwondo", "table_tennis", "rope_skipping", "go"),
    "traditional": ("dragon_boat", "lion_dance", "wushu", "tai_chi", "xiangqi", "shuttlecock"),
    "elite": ("athletics", "swimming", "fencing", "rowing", "gymnastics", "judo", "shooting", "volleyball"),
    "professional": ("football", "basketball", "table_tennis", "tennis", "esports", "volleyball"),
}
_SUFFIXES = {
    "mass": "公开赛",
    "activity": "健身活动",
    "youth": "青少年比赛",
    "traditional": "民俗体育活动",
    "elite": "锦标赛",
    "professional": "联赛",
}
# Where a discipline is at home; everything else is held in places without a venue of the register.
_HOMES = {
    "football": ("C11", "C12", "C13"),
    "basketball": ("C23", "C21", "C22"),
    "badminton": ("C50",),
    "table_tennis": ("C40",),
    "swimming": ("B12", "B11"),
    "athletics": ("A11",),
    "volleyball": ("C31", "C30"),
    "square_dance": ("F90",),
    "tai_chi": ("F90",),
    "tennis": ("C90",),
    "aerobics": ("E20",),
}
_AWAKE_ODDS = {"association": 0.85, "non_enterprise": 0.7, "foundation": 0.5, "club": 0.75, "grassroots": 0.4}
_SERIES_SHARE, _FIRST_EDITION_MAX = 0.55, 12
# Cells left empty in a county of average order (assumption).
_GAPS = {"participant_count": 0.012, "spectator_count": 0.03, "discipline_code": 0.008}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``event``: seasons of the outdoors, weekends first, cancelled more often in closures."""
    counts = world.monthly("event", sum(KINDS.values()), profile="trail_park", growth=0.05, closes=0.7)
    rows = world.rows("event", counts, on_days_off=2.4).sort("date", "region_code", maintain_order=True)
    random = world.random("event")
    kind = _kinds(rows, random)
    level = _levels(kind, world.counties["wealth"].to_numpy()[rows["county_index"].to_numpy()], random)
    club = _organising_clubs(world, rows, kind, random)
    discipline = _disciplines(world, kind, club, random)
    frame = rows.select("region_code", "city_code", "county_index", start_on="date").with_columns(
        event_id="EV" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7),
        kind_code=pl.Series(np.array(list(KINDS))[kind].tolist()),
        level_code=pl.Series(np.array(LEVELS)[level].tolist()),
        discipline_code=discipline,
        club_id=_gathered(world.frames["club"]["club_id"], club),
        organiser_kind=_organisers(kind, level, club, random),
    )
    frame = _with_series(frame, random)
    frame = pl.concat([frame, crowd_columns(world, frame, level, random)], how="horizontal")
    frame = _with_places(world, frame, random)
    frame = _with_names(world, frame)
    made = frame.select(
        *(
            "event_id",
            "event_name",
            "level_code",
            "kind_code",
            "discipline_code",
            "region_code",
            "venue_id",
            "lon",
            "lat",
        ),
        *("start_on", "end_on", "state", "participant_count", "spectator_count", "is_streamed"),
        *("online_view_count", "organiser_kind", "club_id", "series_code", "edition_number", "budget_cny"),
    )
    return with_gaps(world, "event", made, _GAPS)


def _kinds(rows: pl.DataFrame, random: np.random.Generator) -> Ints:
    """Draw the kind of every event: traditional ones around the festivals, youth ones in the school holidays."""
    month = rows["date"].dt.month().to_numpy()
    share = np.tile(np.array(list(KINDS.values()), dtype=np.float64), (13, 1))
    names = list(KINDS)
    share[[2, 6, 9, 10], names.index("traditional")] *= 2.2
    share[[7, 8], names.index("youth")] *= 2.0
    share[8, names.index("activity")] *= 1.4
    bound = np.cumsum(share, axis=1) / share.sum(axis=1, keepdims=True)
    return (random.random(len(month))[:, None] > bound[month]).sum(axis=1).clip(max=len(names) - 1)


def _levels(kind: Ints, wealth: Floats, random: np.random.Generator) -> Ints:
    """Draw the level of every event by its kind; richer counties hold higher ones."""
    bound = np.cumsum(np.array([_LEVEL_SHARES[name] for name in KINDS]), axis=1)
    drawn = random.random(len(kind)) ** (1 / wealth)
    return (drawn[:, None] > bound[kind]).sum(axis=1).clip(max=len(LEVELS) - 1)


def _organising_clubs(world: World, rows: pl.DataFrame, kind: Ints, random: np.random.Generator) -> Ints:
    """Return the place of the organising club, -1 where none: clubs that are awake take turns within their county."""
    clubs = world.frames["club"]
    odds = clubs["kind_code"].replace_strict(_AWAKE_ODDS, default=0.4, return_dtype=pl.Float64).to_numpy()
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    county = clubs["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    is_awake = random.random(clubs.height) < odds * world.counties["vigour"].to_numpy()[county]
    awake = random.permutation(np.flatnonzero(is_awake))
    # Professional and elite events are the bureaus' and firms' own.
    share = np.array([0.85, 0.8, 0.45, 0.7, 0.2, 0.15])[kind]
    wanted = np.flatnonzero(random.random(len(kind)) < share)
    wanted = wanted[np.argsort(rows["date"].to_numpy()[wanted], kind="stable")]
    turn = Picker(county[awake]).turn(rows["county_index"].to_numpy()[wanted])
    club = np.full(len(kind), -1, dtype=np.int64)
    club[wanted] = np.where(turn >= 0, awake[turn], -1)
    founded = clubs["founded_on"].to_numpy()[np.maximum(club, 0)]
    return np.where(founded <= rows["date"].to_numpy(), club, -1)


def _disciplines(world: World, kind: Ints, club: Ints, random: np.random.Generator) -> pl.Series:
    """Return the discipline of every event: the club's own for mass events and activities, else one of its kind."""
    width = max(len(codes) for codes in _DISCIPLINES.values())
    table = np.array([[*codes, *[""] * (width - len(codes))] for codes in _DISCIPLINES.values()])
    size = np.array([len(codes) for codes in _DISCIPLINES.values()])
    # The first of a kind are the most popular.
    drawn = table[kind, (random.random(len(kind)) ** 1.4 * size[kind]).astype(np.int64)]
    own = _gathered(world.frames["club"]["discipline_code"], club)
    is_own = pl.Series((kind <= 1) & (random.random(len(kind)) < 0.7)) & own.is_not_null()
    return own.zip_with(is_own, pl.Series(drawn.tolist()))


def _organisers(kind: Ints, level: Ints, club: Ints, random: np.random.Generator) -> pl.Series:
    chance = random.random(len(kind))
    youth, professional = list(KINDS).index("youth"), list(KINDS).index("professional")
    bureau = np.where(chance < 0.7, "sports_bureau", "enterprise")
    local = np.where(chance < 0.6, "community", "enterprise")
    found = np.select(
        [club >= 0, kind == youth, kind == professional, level >= 2],
        [np.where(chance < 0.45, "association", "club"), "school", "enterprise", bureau],
        local,
    )
    return pl.Series(found.tolist())


def _with_series(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Add series and edition: the first event of a county, kind, discipline and calendar month returns every year."""
    month = pl.col("start_on").dt.month()
    again = ["region_code", "kind_code", "discipline_code", month]
    is_first = pl.int_range(pl.len()).over([*again, pl.col("start_on").dt.year()]) == 0
    lucky = pl.Series("lucky", random.random(frame.height) < _SERIES_SHARE)
    head = pl.concat_str(pl.lit("S"), "region_code", pl.lit("-"), "kind_code", pl.lit("-"), "discipline_code")
    name = pl.concat_str(head, pl.lit("-"), month.cast(pl.String).str.zfill(2))
    frame = frame.with_columns(lucky, is_first=is_first).with_columns(
        series_code=pl.when(pl.col("is_first") & pl.col("lucky")).then(name)
    )
    age = pl.col("series_code").hash(seed=0) % _FIRST_EDITION_MAX
    edition = pl.col("start_on").dt.year().rank("dense").over("series_code") + age
    return frame.with_columns(
        edition_number=pl.when(pl.col("series_code").is_not_null()).then(edition).cast(pl.Int64)
    ).drop("lucky", "is_first")


def _with_places(world: World, frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Add venue and position: a fitting venue of the county for most, a place where people live for the others."""
    venues = world.frames["venue"].filter(pl.col("status") == "open")
    home = {code: number for number, codes in enumerate(_HOMES.values()) for code in codes}
    venues = venues.with_columns(home=pl.col("venue_type_code").replace_strict(home, default=-1)).filter(
        pl.col("home") >= 0
    )
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    county = venues["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    larger = venues["area_m2"].fill_null(100.0).to_numpy()
    picker = Picker(county * len(_HOMES) + venues["home"].to_numpy(), larger)
    number_of = {name: number for number, name in enumerate(_HOMES)}
    wanted = frame["discipline_code"].replace_strict(number_of, default=-1, return_dtype=pl.Int64).to_numpy()
    group = frame["county_index"].to_numpy() * len(_HOMES) + wanted
    place = np.where(wanted >= 0, picker.pick(group, random), -1)
    place = np.where(random.random(frame.height) < 0.9, place, -1)
    outside = world.points(frame["region_code"], "event")
    known = pl.Series(place >= 0)
    return frame.with_columns(
        venue_id=_gathered(venues["venue_id"], place),
        lon=_gathered(venues["lon"], place).zip_with(known, outside["lon"]),
        lat=_gathered(venues["lat"], place).zip_with(known, outside["lat"]),
    )


def _with_names(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    codes = world.frames["code_list"].filter(pl.col("list_name") == "discipline")
    discipline = dict(zip(codes["code"], codes["code_name_zh"], strict=True))
    county = dict(zip(world.counties["region_code"], world.counties["region_name"], strict=True))
    above = {"provincial": "全省", "national": "全国", "international": "国际", "city": "全市"}
    edition = pl.when(pl.col("edition_number").is_not_null()).then(
        pl.concat_str(pl.lit("第"), "edition_number", pl.lit("届"))
    )
    return frame.with_columns(
        event_name=pl.concat_str(
            pl.col("start_on").dt.year().cast(pl.String),
            pl.lit("年"),
            pl.col("region_code").replace_strict(county),
            edition.otherwise(pl.lit("")),
            pl.col("level_code").replace_strict(above, default=""),
            pl.col("discipline_code").replace_strict(discipline, default="体育"),
            pl.col("kind_code").replace_strict(_SUFFIXES),
        )
    )


def _gathered(values: pl.Series, place: Ints) -> pl.Series:
    """Return values at places, empty where the place is -1."""
    found = pl.Series(np.where(place >= 0, place, 0)).cast(pl.UInt32)
    empty = pl.Series([None], dtype=values.dtype).new_from_index(0, len(place))
    return values.gather(found).zip_with(pl.Series(place >= 0), empty)
