"""The venue dataset: attributes that go with type and site, calibrated to the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from geodata.crs import unproject
from warehouse import reference_tables
from warehouse.demo import reference
from warehouse.demo.grid import Flags, Floats
from warehouse.demo.settlements import Ground
from warehouse.demo.venue_counts import county_area_targets, county_counts
from warehouse.demo.venue_places import Kerbs, entrances, place_venues
from warehouse.demo.venue_sites import FIRM, SCHOOL, SITE_NAMES, Sites, fill_sites
from warehouse.demo.water import Water

# Trails are measured by length: 1.47 km each in 2021, 2.44 km in Jiangning in 2024 (calibration.csv), 2.5 m wide
# (assumption); grounds of no other group: 800 m2 (venue_types.csv).
_TRAIL, _TRAIL_M2 = "E30", 1_900.0 * 2.5
_AREA_SPREAD = 0.42
# Halls are 18.3 % of the sites of Jiangning (1,288 of 7,024, 2024); types that are indoor or outdoor get shares
# that lead there: assumption.
INDOOR_SHARE = {"C40": 0.34, "C50": 0.75, "C90": 0.20, "F90": 0.25, "D10": 0.9, "D20": 0.4}
# By kind of site: village, neighbourhood, park, school, firm, sports centre.
_LIT_SHARE = (0.3, 0.55, 0.7, 0.4, 0.75, 0.9)
_FREE_SHARE, _LOW_SHARE = (1.0, 0.97, 0.95, 0.72, 0.05, 0.2), (0.0, 0.03, 0.05, 0.28, 0.2, 0.6)
_HOURS = (
    None,
    "Mo-Su 06:00-21:30",
    "Mo-Su 05:30-22:00",
    "Mo-Fr 17:30-20:30; Sa-Su,PH 08:00-20:00",
    "Mo-Su 09:00-22:00",
    "Mo-Su 08:00-21:30",
)
_HALL_HOURS = "Mo-Su 08:30-21:00"
_ALWAYS = "24/7"
_OWNERS = np.array(
    ["village", "neighbourhood", "public_institution", "school", "enterprise", "public_institution", "other"]
)
_OTHER = 6
_PRIVATE_SCHOOLS, _OTHER_SCHOOLS = 0.13, 0.07
# Area by owner in 2021, 10,000 m2 (calibration.csv); the rest of 29,558.72 belongs to others. Schools are
# public institutions there.
OWNER_AREA_2021 = {
    "public_institution": 8_887.53,
    "enterprise": 6_536.91,
    "village": 6_055.68,
    "neighbourhood": 5_958.26,
    "other": 29_558.72 - 8_887.53 - 6_536.91 - 6_055.68 - 5_958.26,
}
_OPEN_SHARE, _CLOSED_SHARE = 0.97, 0.02
_THIS_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Drawn:
    """Venues of one city before they are written.

    Attributes
    ----------
    type_index : int16
        Row of ``type_counts``.
    site : int64
        Row of the city's sites.
    site_kind : int8
        Kind of the site.
    county : int64
        Row of the census by division, over the whole province.
    area_m2 : float64
        Site area.
    """

    type_index: npt.NDArray[np.int16]
    site: npt.NDArray[np.int64]
    site_kind: npt.NDArray[np.int8]
    county: npt.NDArray[np.int64]
    area_m2: Floats


def draw_venues(cities: Sequence[tuple[Ground, Sites]], seed: int) -> list[Drawn]:
    """Return the venues of several cities with type, site and area.

    Areas of a county are scaled so that they sum to its share of 4.32 m2 a person.
    """
    types, counts = county_counts(seed)
    codes = reference.census_by_division()["adcode"].to_list()
    targets = county_area_targets()
    mean = _mean_areas(types)
    drawn = []
    for ground, sites in cities:
        random = np.random.default_rng([seed, int(ground.city), 6])
        rows = np.array([codes.index(code) for code in ground.counties["adcode"]])
        site, kind_of_venue = fill_sites(sites, types, counts[rows], random)
        county = rows[sites.county[site]]
        area = mean[kind_of_venue] * random.lognormal(-(_AREA_SPREAD**2) / 2.0, _AREA_SPREAD, len(site))
        total = np.bincount(county, weights=area, minlength=len(codes))
        area *= (targets / np.maximum(total, 1.0))[county]
        drawn.append(Drawn(kind_of_venue, site, sites.kind[site], county, area.round(1)))
    return drawn


def _mean_areas(types: pl.DataFrame) -> Floats:
    rows = {
        row["own_code"]: row["mean_area_m2_per_site"]
        for row in reference_tables.table("venue_types").iter_rows(named=True)
    }
    return np.array([_TRAIL_M2 if code == _TRAIL else float(rows[code]) for code in types["venue_type_code"]])


def owners(
    type_code: npt.NDArray[np.str_],
    site: npt.NDArray[np.int64],
    site_kind: npt.NDArray[np.int8],
    area_m2: Floats,
    random: np.random.Generator,
) -> npt.NDArray[np.str_]:
    """Return the kind of owner of each venue.

    The owner goes with the kind of site; one school in five is private. Trails, which every kind of owner
    builds, fill what the published area by owner leaves open.
    """
    found = site_kind.astype(np.int64)
    luck = random.random(int(site.max(initial=0)) + 1)[site]
    found[(site_kind == SCHOOL) & (luck < _PRIVATE_SCHOOLS)] = FIRM
    found[(site_kind == SCHOOL) & (luck > 1.0 - _OTHER_SCHOOLS)] = _OTHER
    is_trail = type_code == _TRAIL
    published = np.array(list(OWNER_AREA_2021.values()))
    # Order of OWNER_AREA_2021 as rows of _OWNERS; schools (3) and centres (5) count as public institutions (2).
    rows = np.array([2, 4, 0, 1, _OTHER])
    group = np.where(np.isin(found, (3, 5)), 2, found)
    settled = np.array([area_m2[(group == row) & ~is_trail].sum() for row in rows])
    missing = np.maximum(published / published.sum() * area_m2.sum() - settled, 0.0)
    trails = random.permutation(np.flatnonzero(is_trail))
    bounds = np.cumsum(missing) / max(missing.sum(), 1.0)
    along = (np.cumsum(area_m2[trails]) - area_m2[trails] / 2.0) / max(float(area_m2[trails].sum()), 1.0)
    found[trails] = rows[np.minimum(np.searchsorted(bounds, along), len(rows) - 1)]
    return _OWNERS[found]


def venue_frame(
    cities: Sequence[tuple[Ground, Sites]], drawn: Sequence[Drawn], kerbs: Kerbs, water: Water, seed: int
) -> pl.DataFrame:
    """Return the venue dataset in the columns of its contract. Key: ``venue_id``."""
    frames = [
        _city_frame(
            ground, sites, part, kerbs=kerbs, water=water, random=np.random.default_rng([seed, int(ground.city), 7])
        )
        for (ground, sites), part in zip(cities, drawn, strict=True)
    ]
    frame = pl.concat(frames)
    random = np.random.default_rng([seed, 8])
    kind = np.concatenate([part.site_kind for part in drawn])
    # Sites are numbered by city; a step above the largest number keeps those of two cities apart.
    step = 1 + max(int(part.site.max(initial=0)) for part in drawn)
    site = np.concatenate([part.site + step * k for k, part in enumerate(drawn)])
    owner = owners(frame["venue_type_code"].to_numpy(), site, kind, frame["area_m2"].to_numpy(), random)
    return frame.with_columns(pl.Series("owner_kind", owner)).select(
        "venue_id", "venue_name", "venue_type_code", "region_code", "lon", "lat", "entrances", "area_m2",
        "capacity_count", "opened_year", "owner_kind", "is_indoor", "is_lit", "fee_policy", "opening_hours", "status",
    )  # fmt: skip


def _city_frame(
    ground: Ground, sites: Sites, drawn: Drawn, *, kerbs: Kerbs, water: Water, random: np.random.Generator
) -> pl.DataFrame:
    types = reference_tables.table("venue_types")
    codes = np.array(county_types())[drawn.type_index]
    count = len(codes)
    place = np.column_stack((sites.x, sites.y))[drawn.site]
    x, y = place_venues(ground, place, sites.county[drawn.site], drawn.area_m2, kerbs=kerbs, water=water, random=random)
    lon, lat = unproject(x, y)
    indoor = _indoor(codes, types, random)
    kind = drawn.site_kind
    per_person = dict(types.select("own_code", pl.col("suggested_m2_per_person").cast(pl.Float64)).rows())
    room = np.array([per_person[code] or np.nan for code in codes])
    fee = random.random(count)
    free, low = np.array(_FREE_SHARE)[kind], np.array(_LOW_SHARE)[kind]
    state = random.random(count)
    status = np.select([state < _OPEN_SHARE, state < _OPEN_SHARE + _CLOSED_SHARE], ["open", "closed"], "planned")
    opened = np.where(
        status == "planned", _THIS_YEAR + 1, (2024 - random.gamma(2.0, 4.2, count)).clip(1985, 2024)
    ).astype(int)
    region = ground.counties["adcode"].to_numpy()[sites.county[drawn.site]]
    frame = pl.DataFrame(
        {
            "venue_type_code": codes,
            "region_code": region.astype(str),
            "lon": lon.round(7),
            "lat": lat.round(7),
            "entrances": entrances(x, y, drawn.area_m2, water, random),
            "area_m2": drawn.area_m2,
            "capacity_count": pl.Series(np.maximum(drawn.area_m2 / room, 1.0)).fill_nan(None).round(0).cast(pl.Int64),
            "opened_year": opened,
            "is_indoor": indoor,
            "is_lit": indoor | (random.random(count) < np.array(_LIT_SHARE)[kind]),
            "fee_policy": np.select([fee < free, fee < free + low], ["free", "low"], "paid"),
            "opening_hours": _hours(codes, kind, indoor),
            "status": status,
        }
    )
    names = ground.counties.select("adcode", pl.col("name_zh").alias("county_name"))
    town, number = sites.town[drawn.site] + 1, sites.number[drawn.site]
    site_name = np.array(SITE_NAMES)[kind]
    return (
        frame.with_columns(pl.Series("town", town), pl.Series("site_name", site_name), pl.Series("number", number))
        .join(names, left_on="region_code", right_on="adcode", how="left", maintain_order="left")
        .join(short_names(), on="venue_type_code", how="left", maintain_order="left")
        .with_columns(
            venue_id=pl.concat_str(
                pl.lit("D"),
                "region_code",
                (pl.int_range(pl.len()).over("region_code") + 1).cast(pl.String).str.zfill(5),
            ),
            venue_name=pl.format(
                "{}第{}街镇第{}{}{} {}号",
                "county_name",
                "town",
                "number",
                "site_name",
                "short_name",
                pl.int_range(pl.len()).over("region_code", "town", "site_name", "number", "venue_type_code") + 1,
            ),
        )
    )


def county_types() -> list[str]:
    """Return the codes of types that hold venues, in the order of ``type_index``."""
    return county_counts(0)[0]["venue_type_code"].to_list()


def short_names() -> pl.DataFrame:
    """Return ``venue_type_code`` and the Chinese name of a type without what stands in brackets."""
    return reference_tables.table("venue_types").select(
        venue_type_code=pl.col("own_code"), short_name=pl.col("type_zh").str.replace(r"[(/].*$", "")
    )


def _indoor(codes: npt.NDArray[np.str_], types: pl.DataFrame, random: np.random.Generator) -> Flags:
    always = set(types.filter(pl.col("indoor") == "Y")["own_code"])
    share = np.array([1.0 if code in always else INDOOR_SHARE.get(code, 0.0) for code in codes])
    found: Flags = random.random(len(codes)) < share
    return found


def _hours(codes: npt.NDArray[np.str_], kind: npt.NDArray[np.int8], indoor: Flags) -> pl.Series:
    table = np.array(_HOURS, dtype=object)
    hours = table[kind]
    always = ~indoor & np.isin(codes, ("E10", "E30")) & np.isin(kind, (0, 1, 2))
    hours = np.where(always, _ALWAYS, np.where(indoor & (kind < 3), _HALL_HOURS, hours))
    return pl.Series(
        "opening_hours", [value if isinstance(value, str) else _ALWAYS for value in hours], dtype=pl.String
    )
