"""What a page of business monitoring shows, gathered from the queries: standings of a system, one indicator in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import polars as pl

from analytics.indicator import Indicator, indicators, of_system
from analytics.period import begins, shifted
from components.map_config import region_names
from components.monitoring_question import ORDER, Question
from components.monitoring_state import Row, Standing, standing
from components.request import RequestContext
from kernel.scope import GrantedScope
from warehouse.queries import indicators as queries
from warehouse.queries.map import DatasetStanding, datasets
from warehouse.queries.regions import visible_regions

# Unusual figures that cards mark, and those that are told of one indicator: months back.
MARKED_MONTHS, TOLD_MONTHS = 3, 24


@dataclass(frozen=True, slots=True)
class Area:
    """A region that the visitor sees."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One indicator in full.

    Attributes
    ----------
    standing : Standing
        As on its card.
    asked : Question
        What the address asks.
    areas : mapping of str to Area
        Every region that the visitor sees.
    figures : mapping of str to sequence of mappings
        Region -> its figures, the oldest first.
    residents : mapping of str to float
        Region -> residents.
    peers, peer_kind : sequence of str, str
        Areas that it is compared with, and how they were chosen.
    flags : sequence of mappings
        Unusual figures of the area and those below it, the newest first.
    reasons : mapping of str to sequence of mappings
        Period -> what the unusual figure of the area consists of.
    parts : sequence of mappings
        ``period, part_code, numerator, denominator`` of the newest period and of the one that it is compared with.
    fine : sequence of mappings
        Figures by day or by hour.
    datasets : mapping of str to DatasetStanding
        Where the inputs come from; an input that is not in it was never delivered.
    lacking : frozenset of str
        Marts that the snapshot does not hold.
    """

    standing: Standing
    asked: Question
    areas: Mapping[str, Area]
    figures: Mapping[str, Sequence[Row]]
    residents: Mapping[str, float]
    peers: Sequence[str]
    peer_kind: str
    flags: Sequence[Row]
    reasons: Mapping[str, Sequence[Row]]
    parts: Sequence[Row]
    fine: Sequence[Row]
    datasets: Mapping[str, DatasetStanding]
    lacking: frozenset[str]


def areas_of(context: RequestContext) -> dict[str, Area]:
    """Return the regions that the visitor sees, by code."""
    rows = visible_regions(context.scope).to_dicts()
    names = region_names(rows, context.lang)
    return {
        code: Area(code, names[code], row["level"], row["parent_code"] or "")
        for code, row in zip(names, rows, strict=True)
    }


def standings(context: RequestContext, asked: Question) -> list[Standing]:
    """Return how every indicator of the asked system stands, those with a target first."""
    return _standings(context, asked, of_system(asked.system))


def all_standings(context: RequestContext, asked: Question) -> dict[str, list[Standing]]:
    """Return how every indicator stands, by system in their order; systems without indicators are left out."""
    found: dict[str, list[Standing]] = {}
    for one in _standings(context, asked, [one for system in ORDER for one in of_system(system)]):
        found.setdefault(one.indicator.system, []).append(one)
    return found


def _standings(context: RequestContext, asked: Question, chosen: Sequence[Indicator]) -> list[Standing]:
    if not asked.month:
        return []
    # The chosen indicator decides nothing about the others.
    plain = replace(asked, indicator="")
    return list(_computed(queries.build_id(), context.scope, plain, tuple(one.code for one in chosen)))


@lru_cache(maxsize=128)
def _computed(build: str, scope: GrantedScope, asked: Question, codes: tuple[str, ...]) -> tuple[Standing, ...]:  # noqa: ARG001 - the build is part of the key
    """Return standings; they are kept, because the home page and every page of a system ask for the same again."""
    figures = _by(queries.of_indicators(scope, codes, asked.region, asked.kind, asked.month), "indicator_code")
    outlooks = _by(queries.forecast(scope, codes, asked.region), "indicator_code")
    models, targets = queries.model(scope, codes, asked.region), queries.target(scope, codes, asked.region)
    flags = _newest(_flags(scope, codes, [asked.region], asked.month, MARKED_MONTHS))
    return tuple(
        standing(
            indicators()[code],
            figures.get(code, []),
            kind=queries.shown_kind(indicators()[code], asked.kind),
            month=asked.month,
            compare=asked.compare,
            outlook=outlooks.get(code, []),
            model=models.get(code),
            target=targets.get(code),
            flag=flags.get(code),
        )
        for code in codes
    )


def detail(context: RequestContext, asked: Question) -> Detail:
    """Return the asked indicator in full."""
    scope, one = context.scope, indicators()[asked.indicator]
    areas = areas_of(context)
    own = _standings(context, asked, [one])[0]
    peers, peer_kind = queries.peers(scope, asked.region)
    below = [area.code for area in areas.values() if _is_below(area, asked.region, areas)]
    flags = _flags(scope, [one.code], [asked.region, *below], asked.month, TOLD_MONTHS)
    told = sorted({row["period"] for row in flags if row["region_code"] == asked.region}, reverse=True)
    reasons = _by(queries.reasons(scope, one.code, asked.region, told), "period")
    return Detail(
        standing=own,
        asked=asked,
        areas=areas,
        figures=_by(queries.areas(scope, one.code, asked.kind, asked.month), "region_code"),
        residents=queries.residents(scope),
        peers=peers,
        peer_kind=peer_kind,
        flags=flags,
        reasons=reasons,
        parts=_parts(context, own, asked),
        fine=queries.fine(scope, one.code, asked.region).to_dicts(),
        datasets=datasets(),
        lacking=queries.lacking(),
    )


def _parts(context: RequestContext, own: Standing, asked: Question) -> Sequence[Row]:
    """Return the parts of the newest figure and of the one it is compared with, added over their own periods."""
    if not own.indicator.part or own.newest is None:
        return []
    shown = [str(own.newest["period"]), *([own.change.period] if own.change and not own.is_open else [])]
    held = {part: period for period in shown for part in queries.periods_of(own.indicator.code, period)}
    found = queries.parts(context.scope, own.indicator.code, asked.region, list(held))
    if found.is_empty():
        return []
    stock = own.indicator.accumulation == "stock"
    shown_in = found.with_columns(shown=pl.col("period").replace_strict(held, return_dtype=pl.String))
    if stock:
        shown_in = shown_in.filter(pl.col("period") == pl.col("period").max().over("shown"))
    return (
        shown_in.group_by("shown", "part_code")
        .agg(pl.col("numerator").sum(), denominator=pl.col("denominator").sum())
        .rename({"shown": "period"})
        .sort("period", "part_code")
        .to_dicts()
    )


def _is_below(area: Area, region: str, areas: Mapping[str, Area]) -> bool:
    above = area.parent
    while above in areas and above != area.code:
        if above == region:
            return True
        above = areas[above].parent if areas[above].parent != above else ""
    return above == region


def _flags(scope: GrantedScope, codes: Sequence[str], regions: Sequence[str], month: str, back: int) -> Sequence[Row]:
    """Return the unusual figures of the months up to one, the newest first and of a period the largest."""
    first, last = begins(shifted(month, 1 - back)), begins(month)
    found = queries.flags(scope, codes, regions, str(first.year)).to_dicts()
    # A quarter or a year that began earlier counts by its end.
    inside = [row for row in found if begins(shifted(row["period"], 1)) > first and begins(row["period"]) <= last]
    return sorted(inside, key=lambda row: (begins(row["period"]), abs(row["score"] or 0.0)), reverse=True)


def _newest(flags: Sequence[Row]) -> dict[str, Row]:
    """Return the newest unusual figure of each indicator, of a period the largest."""
    found: dict[str, Row] = {}
    for row in flags:
        if row["is_shown"]:
            found.setdefault(str(row["indicator_code"]), row)
    return found


def _by(frame: pl.DataFrame, key: str) -> dict[str, list[dict[str, Any]]]:
    """Return rows by a column, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.to_dicts():
        found.setdefault(str(row[key]), []).append(row)
    return found
