"""What a search for the best sites is asked: read from JSON, checked field by field, and written back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from analytics.accessibility import GROUPS
from kernel.errors import WordedError
from warehouse.queries.venue_filter import MINUTES, VenueFilter, read_filter

Model = Literal["mclp", "lscp", "p_median", "p_center", "capacitated", "budget", "equity"]
Kind = Literal["free_cells", "parks", "schools", "list"]
Equity = Literal["counties", "groups"]
Point = tuple[float, float]

MODELS: tuple[Model, ...] = ("mclp", "lscp", "p_median", "p_center", "capacitated", "budget", "equity")
KINDS: tuple[Kind, ...] = ("free_cells", "parks", "schools", "list")
EQUITIES: tuple[Equity, ...] = ("counties", "groups")
# Models that are asked for a number of sites; the others for a budget, or for as few as it takes.
COUNTED: frozenset[Model] = frozenset({"mclp", "p_median", "p_center", "capacitated", "equity"})

MOST_SITES = 2_000
SPACINGS_M = (200, 300, 500, 1000, 2000)
DEFAULT_SPACING_M = 500
# Side of the squares that residents are gathered into; 0 keeps every population cell.
DETAILS_M = (0, 250, 500, 1000)
MOST_RING_POINTS = 500
MOST_PICKED = 200
MOST_LISTED = 5_000
MOST_YEARS = 15
MOST_SECONDS = 600
DEFAULT_SECONDS = 60
LARGEST_MONEY = 1e7
LARGEST_CAPACITY = 1e6
DECIMALS = 6
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place that somebody listed as a candidate; price in 10,000 yuan, capacity in residents."""

    lon: float
    lat: float
    name: str = ""
    price: float | None = None
    capacity: float | None = None


@dataclass(frozen=True, slots=True)
class SitingRequest:
    """A checked request.

    Attributes
    ----------
    model : str
        One of `MODELS`.
    region_code : str or None
        Area, where it is a region.
    ring : tuple of (lon, lat)
        Area, where it was drawn: corners, the last is joined to the first.
    venue_filter : VenueFilter
        What counts as existing. Residents who reach such a venue in time are served already.
    venue_type_code : str
        What would be built.
    minutes : int
        5, 10 or 15, at the group's own pace.
    group : str
        Code of ``analytics.accessibility.GROUPS``: whose walk is counted.
    kinds : tuple of str
        Kinds of candidates.
    spacing_m : int
        Side of the squares of which free places take one each.
    detail_m : int
        Side of the squares that residents are gathered into, 0 for none.
    count : int or None
        Number of sites; None where the model asks for a budget or for as few as it takes.
    budget : float or None
        10,000 yuan.
    prices : mapping of str to float
        Price of a site by kind of candidate, 10,000 yuan.
    capacity : float
        Residents that one new site can serve (``capacitated``).
    equity : str
        Among whom the share of the worst off is raised.
    must, must_not : tuple of (lon, lat)
        Places that must be chosen, and places around which nothing may be.
    listed : tuple of ListedPlace
        Candidates of the kind ``list``.
    years : tuple of (int, float)
        Calendar years and what may be spent in each (sites where they are counted, money with ``budget``).
    seed, gap, time_limit_s
        For the solver.
    """

    model: Model
    region_code: str | None
    ring: tuple[Point, ...]
    venue_filter: VenueFilter
    venue_type_code: str
    minutes: int
    group: str
    kinds: tuple[Kind, ...]
    spacing_m: int = DEFAULT_SPACING_M
    detail_m: int = 0
    count: int | None = None
    budget: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    capacity: float = 0.0
    equity: Equity = "counties"
    must: tuple[Point, ...] = ()
    must_not: tuple[Point, ...] = ()
    listed: tuple[ListedPlace, ...] = ()
    years: tuple[tuple[int, float], ...] = ()
    seed: int = 0
    gap: float = 0.0
    time_limit_s: int = DEFAULT_SECONDS

    @property
    def payload(self) -> dict[str, Any]:
        """The request as JSON holds it; `read_request` is the way back."""
        return {
            "model": self.model,
            "area": {"region": self.region_code} if self.region_code else {"ring": [list(at) for at in self.ring]},
            "filter": dict(self.venue_filter.query),
            "venue_type_code": self.venue_type_code,
            "minutes": self.minutes,
            "group": self.group,
            "kinds": list(self.kinds),
            "spacing_m": self.spacing_m,
            "detail_m": self.detail_m,
            "count": self.count,
            "budget": self.budget,
            "prices": dict(self.prices),
            "capacity": self.capacity,
            "equity": self.equity,
            "must": [list(at) for at in self.must],
            "must_not": [list(at) for at in self.must_not],
            "listed": [[row.lon, row.lat, row.name, row.price, row.capacity] for row in self.listed],
            "years": [list(year) for year in self.years],
            "seed": self.seed,
            "gap": self.gap,
            "time_limit_s": self.time_limit_s,
        }


def read_request(payload: object) -> SitingRequest:
    """Return the checked request.

    Parameters
    ----------
    payload : object
        What ``SitingRequest.payload`` is, as ``json.loads`` gives it; parts that have a default may be missing.

    Raises
    ------
    WordedError
        Naming the part that is wrong. Whether region, type and candidates exist is told by those who know the data.
    UsageError
        When the venue filter does not exist.
    """
    if not isinstance(payload, Mapping):
        raise WordedError("siting.field", field="request")
    given = dict(payload)
    model = cast("Model", _choice(given, "model", MODELS))
    region, ring = _area(given.get("area"))
    kinds = tuple(cast("Kind", kind) for kind in _kinds(given.get("kinds")))
    filter_query = given.get("filter", {})
    if not isinstance(filter_query, Mapping):
        raise WordedError("siting.field", field="filter")
    request = SitingRequest(
        model=model,
        region_code=region,
        ring=ring,
        venue_filter=read_filter({str(name): str(value) for name, value in filter_query.items()}),
        venue_type_code=_text(given, "venue_type_code", 8),
        minutes=int(_choice(given, "minutes", MINUTES)),
        group=str(_choice(given, "group", tuple(GROUPS))),
        kinds=kinds,
        spacing_m=int(_choice(given, "spacing_m", SPACINGS_M, DEFAULT_SPACING_M)),
        detail_m=int(_choice(given, "detail_m", DETAILS_M, 0)),
        count=_count(given) if model in COUNTED else None,
        budget=_money(given, "budget") if model == "budget" else None,
        prices=_prices(given.get("prices") or {}, kinds) if model == "budget" else {},
        capacity=_number(given, "capacity", 1.0, LARGEST_CAPACITY) if model == "capacitated" else 0.0,
        equity=cast("Equity", _choice(given, "equity", EQUITIES, "counties")),
        must=_points(given, "must"),
        must_not=_points(given, "must_not"),
        listed=_listed(given.get("listed") or []) if "list" in kinds else (),
        years=_years(given.get("years") or [], model),
        seed=int(_number(given, "seed", 0, 2**31 - 1, 0)),
        gap=_number(given, "gap", 0.0, 0.2, 0.0),
        time_limit_s=int(_number(given, "time_limit_s", 1, MOST_SECONDS, DEFAULT_SECONDS)),
    )
    if "list" in kinds and not request.listed:
        raise WordedError("siting.list_missing")
    return request


def _choice(given: Mapping[str, Any], name: str, known: Sequence[Any], default: Any = None) -> Any:
    value = given.get(name, default)
    for choice in known:
        if str(value) == str(choice):
            return choice
    raise WordedError("siting.field", field=name)


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise WordedError("siting.field", field=name)
    return value


def _number(given: Mapping[str, Any], name: str, low: float, high: float, default: float | None = None) -> float:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WordedError("siting.field", field=name)
    if not low <= value <= high:
        raise WordedError("siting.range", field=name, low=low, high=high)
    return float(value)


def _count(given: Mapping[str, Any]) -> int:
    value = _number(given, "count", 1, MOST_SITES)
    if value != int(value):
        raise WordedError("siting.field", field="count")
    return int(value)


def _money(given: Mapping[str, Any], name: str) -> float:
    return _number(given, name, 0.01, LARGEST_MONEY)


def _area(value: object) -> tuple[str | None, tuple[Point, ...]]:
    if isinstance(value, Mapping):
        region = value.get("region")
        if isinstance(region, str) and 0 < len(region) <= 12:
            return region, ()
        if "ring" in value:
            return None, _ring(value["ring"])
    raise WordedError("siting.area_missing")


def _ring(value: object) -> tuple[Point, ...]:
    points = _point_list(value, "ring", MOST_RING_POINTS)
    if len(points) > 1 and points[0] == points[-1]:
        points = points[:-1]
    if len(set(points)) < 3:
        raise WordedError("siting.ring_short")
    return points


def _points(given: Mapping[str, Any], name: str) -> tuple[Point, ...]:
    return _point_list(given.get(name) or [], name, MOST_PICKED)


def _point_list(value: object, name: str, most: int) -> tuple[Point, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise WordedError("siting.field", field=name)
    if len(value) > most:
        raise WordedError("siting.too_many_points", field=name, count=len(value), most=most)
    return tuple(_point(entry, name) for entry in value)


def _point(entry: object, name: str) -> Point:
    if not isinstance(entry, Sequence) or isinstance(entry, str) or len(entry) != 2:
        raise WordedError("siting.field", field=name)
    lon, lat = entry
    for number, limit in ((lon, 180.0), (lat, 90.0)):
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_number or not math.isfinite(number) or abs(number) > limit:
            raise WordedError("siting.field", field=name)
    return round(float(lon), DECIMALS), round(float(lat), DECIMALS)


def _kinds(value: object) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise WordedError("siting.kinds_missing")
    if not all(kind in KINDS for kind in value):
        raise WordedError("siting.field", field="kinds")
    return [kind for kind in KINDS if kind in value]


def _prices(value: object, kinds: Sequence[str]) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise WordedError("siting.field", field="prices")
    return {kind: _money(value, kind) for kind in kinds if kind != "list" or kind in value}


def _listed(value: object) -> tuple[ListedPlace, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise WordedError("siting.field", field="listed")
    if len(value) > MOST_LISTED:
        raise WordedError("siting.too_many_points", field="listed", count=len(value), most=MOST_LISTED)
    return tuple(_listed_place(entry) for entry in value)


def _listed_place(entry: object) -> ListedPlace:
    if not isinstance(entry, Sequence) or isinstance(entry, str) or len(entry) != 5:
        raise WordedError("siting.field", field="listed")
    lon, lat, name, price, capacity = entry
    at = _point([lon, lat], "listed")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise WordedError("siting.field", field="listed")
    return ListedPlace(
        *at,
        name,
        None if price is None else _money({"price": price}, "price"),
        None if capacity is None else _number({"capacity": capacity}, "capacity", 1.0, LARGEST_CAPACITY),
    )


def _years(value: object, model: Model) -> tuple[tuple[int, float], ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_YEARS:
        raise WordedError("siting.field", field="years")
    years = []
    for entry in value:
        if not isinstance(entry, Sequence) or isinstance(entry, str) or len(entry) != 2:
            raise WordedError("siting.field", field="years")
        year = int(_number({"year": entry[0]}, "year", 2000, 2100))
        spent = _number({"years": entry[1]}, "years", 0.0, LARGEST_MONEY)
        if model != "budget" and spent != int(spent):
            raise WordedError("siting.field", field="years")
        years.append((year, spent))
    if [year for year, _ in years] != sorted({year for year, _ in years}):
        raise WordedError("siting.years_order")
    return tuple(years)
