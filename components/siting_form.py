"""The form of a search for sites: what its controls hold, and the request that they say."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from components.planning_filter import choice_of_controls, controls
from kernel.errors import WordedError
from warehouse.queries.siting_request import DEFAULT_SECONDS, DEFAULT_SPACING_M, KINDS, SitingRequest
from warehouse.queries.venue_filter import DEFAULT_MONTH, read_filter

# Which venues count as existing; ids of their own, since pages must not share controls.
_FILTER = {identifier.removeprefix("siting-"): (identifier, prop) for identifier, prop in controls("siting")}
FILTER_FIELDS = tuple(_FILTER)
# Short name -> component and property that holds it, in the order in which callbacks take them.
FIELDS: Mapping[str, tuple[str, str]] = {
    "model": ("siting-model", "value"),
    "region": ("siting-area", "value"),
    "ring": ("siting-ring", "data"),
    **_FILTER,
    "group": ("siting-group", "value"),
    "type": ("siting-type", "value"),
    "kinds": ("siting-kinds", "value"),
    "spacing": ("siting-spacing", "value"),
    "detail": ("siting-detail", "value"),
    "count": ("siting-count", "value"),
    "budget": ("siting-budget", "value"),
    **{f"price_{kind}": (f"siting-price-{kind}", "value") for kind in KINDS},
    "capacity": ("siting-capacity", "value"),
    "equity": ("siting-equity", "value"),
    "years": ("siting-years", "value"),
    "picks": ("siting-picks", "data"),
    "list": ("siting-list", "data"),
    "seed": ("siting-seed", "value"),
    "gap": ("siting-gap", "value"),
    "seconds": ("siting-seconds", "value"),
}
DEFAULTS: Mapping[str, Any] = {
    "model": "mclp",
    "region": None,
    "ring": [],
    "minutes": "10",
    "categories": [],
    "fee": "all",
    "weekday": "any",
    "time": "19:00",
    "month": str(DEFAULT_MONTH),
    "schools": True,
    "group": "everyone",
    "type": "E10",
    "kinds": ["free_cells"],
    "spacing": str(DEFAULT_SPACING_M),
    "detail": "0",
    "count": 10,
    "budget": 500,
    "price_free_cells": 30,
    "price_parks": 15,
    "price_schools": 10,
    "price_list": 30,
    "capacity": 3000,
    "equity": "counties",
    "years": "",
    "picks": {"must": [], "must_not": []},
    "list": None,
    "seed": 0,
    "gap": 0,
    "seconds": DEFAULT_SECONDS,
}
LONGEST_FORM = 40_000
_YEAR = re.compile(r"(\d{4})\s*[:：=]\s*(\d+(?:\.\d+)?)")


def payload_of(values: Mapping[str, Any], listed: Sequence[Sequence[Any]] = ()) -> dict[str, Any]:
    """Return the request that a filled-in form says; ``read_request`` checks it.

    Parameters
    ----------
    values : mapping
        By the names of `FIELDS`.
    listed : sequence
        Rows of the uploaded list.

    Raises
    ------
    WordedError, UsageError
        When years or venue filter cannot be read.
    """
    choice = choice_of_controls(*(values[name] for name in FILTER_FIELDS))
    ring, picks = values["ring"] or [], values["picks"] or {}
    kinds = [kind for kind in KINDS if kind in (values["kinds"] or [])]
    years = read_years(values["years"])
    model = values["model"]
    count, budget = values["count"], values["budget"]
    if years:
        # What the years bring together is what may be spent in all.
        total = sum(amount for _, amount in years)
        count, budget = (total, budget) if model != "budget" else (count, total)
    gap = values["gap"]
    return {
        "model": model,
        "area": {"ring": ring} if ring else {"region": values["region"]},
        "filter": dict(choice.venue_filter.query),
        "venue_type_code": values["type"],
        "minutes": choice.minutes,
        "group": values["group"],
        "kinds": kinds,
        "spacing_m": values["spacing"],
        "detail_m": values["detail"],
        "count": count,
        "budget": budget,
        "prices": {kind: values[f"price_{kind}"] for kind in kinds if values[f"price_{kind}"] not in {None, ""}},
        "capacity": values["capacity"],
        "equity": values["equity"],
        "must": picks.get("must", []),
        "must_not": picks.get("must_not", []),
        "listed": [list(row) for row in listed],
        "years": [list(year) for year in years],
        "seed": values["seed"],
        "gap": gap / 100 if isinstance(gap, int | float) else gap,
        "time_limit_s": values["seconds"],
    }


def values_of_request(request: SitingRequest) -> dict[str, Any]:
    """Return how the form would be filled in for a request; the uploaded list is not part of it."""
    chosen = request.venue_filter
    at = chosen.at
    values = {
        **DEFAULTS,
        "model": request.model,
        "region": request.region_code,
        "ring": [list(point) for point in request.ring],
        "minutes": str(request.minutes),
        "categories": sorted(chosen.categories),
        "fee": chosen.fee_code,
        "schools": chosen.schools,
        "group": request.group,
        "type": request.venue_type_code,
        "kinds": [kind for kind in request.kinds if kind != "list"] or ["free_cells"],
        "spacing": str(request.spacing_m),
        "detail": str(request.detail_m),
        "equity": request.equity,
        "years": " ".join(f"{year}:{amount:g}" for year, amount in request.years),
        "picks": {
            "must": [list(point) for point in request.must],
            "must_not": [list(point) for point in request.must_not],
        },
        "seed": request.seed,
        "gap": request.gap * 100,
        "seconds": request.time_limit_s,
    }
    if at is not None:
        values |= {"weekday": str(at.weekday), "time": f"{at.minute // 60:02d}:{at.minute % 60:02d}"}
        values["month"] = str(at.month)
    if request.count is not None:
        values["count"] = request.count
    if request.budget is not None:
        values["budget"] = request.budget
    if request.capacity:
        values["capacity"] = request.capacity
    return values | {f"price_{kind}": price for kind, price in request.prices.items()}


def values_of_address(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the form that an address holds under ``form``; what it does not say, or says wrongly, is the default."""
    text = query.get("form", "")
    try:
        packed = text.encode("ascii") if len(text) <= LONGEST_FORM else b""
        found = json.loads(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)) or b"{}")
    except (ValueError, binascii.Error, UnicodeError):
        found = {}
    given = found if isinstance(found, dict) else {}
    kept = {name: given[name] for name, usual in DEFAULTS.items() if name in given and _fits(given[name], usual)}
    if "region" in query and "region" not in kept:
        kept["region"] = query["region"]
    values = {**DEFAULTS, **kept}
    if not kept.get("categories"):
        values["categories"] = _categories(query)
    return values


def read_years(text: Any) -> list[tuple[int, float]]:
    """Return the years and what each may spend from text such as ``2026:3 2027:4``.

    Raises
    ------
    WordedError
        When there is something else in it.
    """
    if not isinstance(text, str) or not text.strip():
        return []
    rest = _YEAR.sub("", text)
    if rest.strip(" ,，;；、\t\n"):
        raise WordedError("siting.years_text", text=rest.strip()[:20])
    return [(int(year), float(amount)) for year, amount in _YEAR.findall(text)]


def _categories(query: Mapping[str, str]) -> list[str]:
    try:
        return sorted(read_filter({"categories": query.get("categories", "")}).categories)
    except WordedError:
        return []


def _fits(value: Any, usual: Any) -> bool:
    """Return whether a value has the kind that its control takes."""
    if usual is None:
        return value is None or isinstance(value, str)
    if isinstance(usual, bool):
        return isinstance(value, bool)
    if isinstance(usual, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type(usual))
