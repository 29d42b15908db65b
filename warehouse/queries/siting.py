"""The search for the best sites: what can be asked, whether a request makes sense, and the search itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from analytics.siting.problem import Report, silent
from geodata.snap import snap_to_edges
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.siting_answer import Found, result_of
from warehouse.queries.siting_candidates import hosts, node_places, street_nodes
from warehouse.queries.siting_ground import read_ground, squares
from warehouse.queries.siting_models import explained, ordered, solved, tried
from warehouse.queries.siting_problem import build_problem, demand_of
from warehouse.queries.siting_request import SitingRequest, read_request
from warehouse.queries.venue_types import venue_types

# Shares of the progress bar: what comes before the search, the search, and what follows it.
BEFORE, SEARCH = 0.1, 0.7


def check(scope: GrantedScope, request: SitingRequest) -> None:
    """Refuse what cannot be met, as far as that can be known in well under a second.

    Raises
    ------
    AccessDenied
        When the scope may not read cells.
    WordedError
        Area unknown, empty or already served; type unknown or not counted by the filter; no or too few candidates;
        budget below the cheapest; a place that must be chosen without a street near.
    """
    _check_type(scope, request)
    ground = read_ground(scope, request)
    demand_of(request, ground)
    if request.must:
        at = np.array(request.must)
        off = np.flatnonzero(snap_to_edges(ground.network, at[:, 0], at[:, 1]).edge < 0)
        if len(off):
            lon, lat = request.must[off[0]]
            raise WordedError("siting.no_street", lon=f"{lon:.5f}", lat=f"{lat:.5f}")
    most = len(request.must) + len(request.listed)
    for kind in request.kinds:
        if kind == "free_cells":
            most += len(np.unique(squares(*node_places(ground, street_nodes(ground)), request.spacing_m)))
        elif kind != "list":
            most += len(hosts(scope, request, ground, kind))
    if not most:
        raise WordedError("siting.no_candidates")
    if request.count is not None and request.count > most:
        raise WordedError("siting.too_few_candidates", count=request.count, most=most)
    _check_budget(request)


def solve(scope: GrantedScope, payload: dict[str, Any], report: Report = silent) -> dict[str, Any]:
    """Return the best sites for a request, what they are worth and how sure that is.

    Parameters
    ----------
    scope : GrantedScope
        Whose data are searched.
    payload : dict
        ``SitingRequest.payload``.
    report : Report
        Told about progress; its False ends the search with the best so far.

    Returns
    -------
    dict
        As ``siting_answer.result_of``.

    Raises
    ------
    WordedError, AccessDenied
        When the request cannot be met.
    """
    request = read_request(payload)
    _check_type(scope, request)
    prepared = build_problem(scope, request, _part(report, 0.0, BEFORE))
    # Everything that the result needs is read before the long part: data may be renewed meanwhile.
    _ = prepared.ground.free, prepared.ground.cost_without_steps
    if prepared.ground.build_id != _run.build_id():
        raise WordedError("siting.data_changed")
    answer = solved(prepared, _part(report, BEFORE, SEARCH))
    told = answer.certificate.objective / answer.scale, answer.certificate.bound / answer.scale
    after = _kept(report, told)
    order = ordered(prepared, answer, _part(after, BEFORE + SEARCH, 0.05))
    worlds = tried(prepared, answer, _part(after, 0.85, 0.1))
    after("result", 0.95, None, None)
    return result_of(prepared, Found(answer, explained(prepared, answer), worlds, order))


def _check_type(scope: GrantedScope, request: SitingRequest) -> None:
    known = venue_types(scope).filter(pl.col("venue_type_code") == request.venue_type_code)
    if not known.height:
        raise WordedError("siting.type_unknown", code=request.venue_type_code)
    row = known.row(0, named=True)
    # What is planned is free, open at every hour that is asked for, lit, and no school's.
    if not request.venue_filter.accepts_venue(row["category_code"], "free", None, True, None, None):
        raise WordedError("siting.type_not_counted", name=row["code_name_zh"])


def _check_budget(request: SitingRequest) -> None:
    prices = [*request.prices.values(), *(row.price for row in request.listed if row.price is not None)]
    if request.budget is not None and prices and request.budget < min(prices):
        raise WordedError("siting.budget_low", budget=request.budget, cheapest=min(prices))


def _part(report: Report, first: float, length: float) -> Report:
    """Return a report whose shares fill a part of the whole."""

    def told(stage: str, share: float, objective: float | None, bound: float | None) -> bool:
        return report(stage, first + length * min(1.0, max(0.0, share)), objective, bound)

    return told


def _kept(report: Report, told: tuple[float, float]) -> Report:
    """Return a report that repeats the answer: what follows the search does not change it."""

    def repeated(stage: str, share: float, objective: float | None, bound: float | None) -> bool:  # noqa: ARG001
        return report(stage, share, *told)

    return repeated
