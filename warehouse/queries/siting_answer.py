"""The result of a search for sites as JSON: certificate, sites and their worth, who is covered before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility.catchment import catchments
from analytics.siting.build_order import BuildOrder
from analytics.siting.explain import Explanation
from analytics.siting.robustness import Robustness
from geodata.network import UNREACHED
from geodata.reach import LIMIT_15_MIN
from warehouse.queries.siting_candidates import Candidates
from warehouse.queries.siting_ground import GROUP_CODES, Ground, limit_of
from warehouse.queries.siting_models import Answer
from warehouse.queries.siting_problem import Prepared

# Newly covered cells that a result keeps for the map; the figures count all of them.
MOST_CELLS = 20_000
MOST_HISTORY = 200


class Found(NamedTuple):
    """Everything that was found out about the best sites."""

    answer: Answer
    explanation: Explanation
    worlds: Robustness | None
    order: BuildOrder | None


def result_of(prepared: Prepared, found: Found) -> dict[str, Any]:
    """Return the result of a request.

    Returns
    -------
    dict
        ``request``, ``build_id``; ``certificate`` (objective, bound, gap, outcome, duration_s, unit, history, notes);
        ``sizes``; ``sites``; ``coverage`` (residents, covered before and after by county and group, every cell of the
        area counted anew); ``cells`` (numbers of newly covered cells, most residents first); ``years``; ``worlds``.
    """
    sites = prepared.candidates.taken(found.answer.certificate.chosen)
    after = Walks(prepared.ground, sites)
    return {
        "request": prepared.request.payload,
        "build_id": prepared.ground.build_id,
        "certificate": _certificate(found.answer),
        "sizes": {
            "demand": len(prepared.cell),
            "candidates": len(prepared.candidates),
            "left_out": prepared.candidates.left_out,
            "pairs": len(prepared.cover.demand),
            "unserved": _rounded(prepared.cover.weight.sum()),
            "out_of_reach": _rounded(prepared.cover.weight[~prepared.reachable].sum()),
        },
        "sites": _site_table(prepared, sites, found, after),
        "coverage": _coverage(prepared, after),
        "cells": _new_cells(prepared, after),
        "years": _years(prepared, found.order),
        "worlds": 0 if found.worlds is None else found.worlds.worlds,
    }


class Walks:
    """The walk to the nearest new site, by group, for the cells of the area.

    Attributes
    ----------
    cost : uint16, shape (a,), by group code
        65,535 beyond 15 minutes of an adult.
    owner : int64, shape (a,), by group code
        The nearest new site, -1 where none is near.
    """

    def __init__(self, ground: Ground, sites: Candidates) -> None:
        self._found: dict[bool, tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]] = {}
        self._ground, self._sites = ground, sites

    def of(self, group: str) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
        """Return cost and owner of a group."""
        ground, sites = self._ground, self._sites
        is_plain = ground.streets_of(group) is ground.network
        if is_plain not in self._found:
            doors, whose = sites.doors_of(ground, group)
            pairs = catchments(
                ground.streets_of(group),
                ground.part(group, ground.chosen),
                doors,
                whose,
                owner_count=len(sites),
                limit=LIMIT_15_MIN,
            )
            cost = np.full(len(ground.chosen), UNREACHED, np.uint16)
            owner = np.full(len(ground.chosen), -1, np.int64)
            order = np.lexsort((pairs.owner, pairs.cost))[::-1]
            cost[pairs.cell[order]], owner[pairs.cell[order]] = pairs.cost[order], pairs.owner[order]
            self._found[is_plain] = cost, owner
        return self._found[is_plain]


def _newly(prepared: Prepared, after: Walks, group: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return which cells of the area a new site brings into the circle of a group, and which site is nearest."""
    ground, limit = prepared.ground, limit_of(group, prepared.request.minutes)
    cost, owner = after.of(group)
    return (ground.cost_of(group)[ground.chosen] > limit) & (cost <= limit), owner


def _certificate(answer: Answer) -> dict[str, Any]:
    found, scale = answer.certificate, answer.scale
    history = found.history[:: max(1, len(found.history) // MOST_HISTORY)]
    if found.history and history[-1] != found.history[-1]:
        history = (*history, found.history[-1])
    return {
        "objective": found.objective / scale,
        "bound": found.bound / scale,
        "gap": found.gap,
        "outcome": found.outcome,
        "duration_s": round(found.duration_s, 2),
        "unit": answer.unit,
        "history": [[round(at, 2), value / scale, bound / scale] for at, value, bound in history],
        "notes": dict(answer.notes),
    }


def _site_table(prepared: Prepared, sites: Candidates, found: Found, after: Walks) -> list[dict[str, Any]]:
    """Return one row a site, the one built first and then the one that serves most first."""
    _, explanation, worlds, order = found
    ground, chosen = prepared.ground, explanation.site
    gained = np.zeros((len(sites), len(GROUP_CODES)))
    for place, group in enumerate(GROUP_CODES):
        is_new, owner = _newly(prepared, after, group)
        people = ground.people_of(group)[ground.chosen]
        gained[:, place] = np.bincount(owner[is_new], people[is_new], minlength=len(sites))[: len(sites)]
    stays = dict(zip(worlds.site.tolist(), worlds.stays.tolist(), strict=True)) if worlds else {}
    year = dict(zip(order.certificate.chosen.tolist(), order.year.tolist(), strict=True)) if order else {}
    own = gained[:, GROUP_CODES.index(prepared.request.group)]
    late = np.array([year.get(int(site), len(prepared.request.years)) for site in chosen])
    county = _counties(ground, sites.table["lon"].to_numpy(), sites.table["lat"].to_numpy())
    rows = []
    for rank, place in enumerate(np.lexsort((chosen, -own, late)), start=1):
        row, site = sites.table.row(int(place), named=True), int(chosen[place])
        when = year.get(site)
        rows.append(
            {
                "rank": rank,
                **{name: row[name] for name in ("kind", "name", "lon", "lat", "venue_index")},
                "price": _of(prepared.problem.price, site),
                "capacity": _of(prepared.problem.capacity, site),
                "region_code": county[place],
                "is_must": bool(row["is_must"]),
                "gained": {group: _rounded(value) for group, value in zip(GROUP_CODES, gained[place], strict=True)},
                "alone": float(explanation.alone[place]),
                "runner_up": _runner_up(prepared.candidates, int(explanation.runner_up[place])),
                "regret": float(explanation.regret[place]),
                "stays": stays.get(site),
                "year": None if when is None else prepared.request.years[when][0],
            }
        )
    return rows


def _of(values: npt.NDArray[np.float64] | None, site: int) -> float | None:
    return None if values is None else float(values[site])


def _runner_up(found: Candidates, number: int) -> dict[str, Any] | None:
    if not 0 <= number < len(found):
        return None
    row = found.table.row(number, named=True)
    return {name: row[name] for name in ("kind", "name", "lon", "lat")}


def _counties(ground: Ground, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Sequence[str | None]:
    """Return the county of the nearest cell of the area to each place."""
    names = []
    for x, y in zip(lon, lat, strict=True):
        east = (ground.lon[ground.chosen] - x) * np.cos(np.radians(y))
        nearest = ground.chosen[np.argmin(east**2 + (ground.lat[ground.chosen] - y) ** 2)]
        index = int(ground.region_index[nearest])
        names.append(ground.counties[index] if index >= 0 else None)
    return names


def _coverage(prepared: Prepared, after: Walks) -> list[dict[str, Any]]:
    """Return residents, covered before and after, of the area (``region_code`` null) and its counties by group."""
    ground, rows = prepared.ground, []
    region = ground.region_index[ground.chosen].astype(np.int64)
    for group in GROUP_CODES:
        people = ground.people[ground.chosen, GROUP_CODES.index(group)].astype(np.float64)
        if not np.isfinite(people).any():
            continue
        people = np.nan_to_num(people)
        is_before = ground.cost_of(group)[ground.chosen] <= limit_of(group, prepared.request.minutes)
        is_after = is_before | _newly(prepared, after, group)[0]
        size = len(ground.counties) + 1
        sums = [np.bincount(region + 1, people * part, minlength=size) for part in (1, is_before, is_after)]
        rows.append(_coverage_row(None, group, *(float(part.sum()) for part in sums)))
        rows += [
            _coverage_row(ground.counties[place - 1], group, *(float(part[place]) for part in sums))
            for place in np.unique(region[region >= 0] + 1)
        ]
    return rows


def _coverage_row(code: str | None, group: str, residents: float, before: float, after: float) -> dict[str, Any]:
    return {
        "region_code": code,
        "group": group,
        "residents": _rounded(residents),
        "before": _rounded(before),
        "after": _rounded(after),
    }


def _new_cells(prepared: Prepared, after: Walks) -> dict[str, Any]:
    ground, group = prepared.ground, prepared.request.group
    is_new, _ = _newly(prepared, after, group)
    cell = ground.chosen[is_new]
    people = ground.people_of(group)[cell]
    cell = cell[np.lexsort((cell, -people))][:MOST_CELLS]
    return {"count": int(is_new.sum()), "index": cell.tolist()}


def _years(prepared: Prepared, order: BuildOrder | None) -> list[dict[str, Any]]:
    if order is None:
        return []
    return [
        {"year": year, "covered": _rounded(covered), "bound": _rounded(bound), "spent": float(spent)}
        for (year, _), covered, bound, spent in zip(
            prepared.request.years, order.covered, order.covered_bound, order.spent, strict=True
        )
    ]


def _rounded(number: float) -> float:
    """Return residents to a tenth: cells hold fractions of people, sums are shown whole."""
    return round(float(number), 1)
