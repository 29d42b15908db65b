"""What the page of quality shows, gathered once from the queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.map_config import region_name
from components.request import RequestContext
from kernel.errors import WordedError
from warehouse.queries import conflicts, quality
from warehouse.queries import map as map_queries
from warehouse.queries.regions import visible_regions

LISTED_CONFLICTS, LISTED_REASONS = 60, 10


@dataclass(frozen=True, slots=True)
class QualityView:
    """Figures of one area and one dataset or all.

    Attributes
    ----------
    region, dataset : str
        What was asked for; ``dataset`` is empty for all.
    names : mapping of str to str
        Region code -> name, of the regions that the visitor sees.
    total : mapping
        Score, dimensions and rows of the area over the last twelve months; empty where nothing was judged.
    units : sequence of mappings
        Cities, best first, as from ``warehouse.queries.quality.by_unit``.
    reasons : sequence of mappings
        What costs the area most.
    trend, province_trend : DataFrame
        Month by month, of the area and of everything that the visitor sees.
    matrix : DataFrame
        ``dataset, region_code, score`` of all.
    failures : sequence of mappings or None
        Failing checks of the dataset; None where no dataset is chosen or rows are not for this reader.
    conflicts : sequence of mappings or None
        Contradictions between sources; None where values are not for this reader.
    sums : sequence of mappings
        Printed wholes beside their sums.
    codes : mapping
        (Code list, code) -> name.
    is_demo : bool
        Whether a dataset behind the figures is generated.
    is_whole : bool
        Whether the area is everything that the visitor sees.
    """

    region: str
    dataset: str
    names: Mapping[str, str]
    total: Mapping[str, Any]
    units: Sequence[Mapping[str, Any]]
    reasons: Sequence[Mapping[str, Any]]
    trend: pl.DataFrame
    province_trend: pl.DataFrame
    matrix: pl.DataFrame
    failures: Sequence[Mapping[str, Any]] | None
    conflicts: Sequence[Mapping[str, Any]] | None
    sums: Sequence[Mapping[str, Any]]
    codes: Mapping[tuple[str, str], str]
    is_demo: bool
    is_whole: bool


def read_view(context: RequestContext, query: Mapping[str, str]) -> QualityView:
    """Return the view that an address asks for: ``region`` and ``dataset``.

    Raises
    ------
    WordedError
        When there is no such region or dataset in what the visitor sees.
    """
    scope, lang = context.scope, context.lang
    names = {row["region_code"]: region_name(row, lang) for row in visible_regions(scope).iter_rows(named=True)}
    root = quality.area(scope)
    region, dataset = query.get("region") or root, query.get("dataset") or ""
    matrix = quality.matrix(scope)
    if region not in names:
        raise WordedError("quality.no_region", code=region[:20])
    if dataset and dataset not in matrix["dataset"]:
        raise WordedError("quality.no_dataset", code=dataset[:40])
    chosen = dataset or None
    reads_rows = scope.covers("internal")
    below = None if region == root else region
    return QualityView(
        region=region,
        dataset=dataset,
        names=names,
        total=quality.standing(scope, region, chosen),
        units=quality.by_unit(scope, chosen).to_dicts(),
        reasons=quality.reasons(scope, region=region, dataset=dataset or quality.ALL, most=LISTED_REASONS).to_dicts(),
        trend=quality.trend(scope, region, chosen),
        province_trend=quality.trend(scope, root, chosen),
        matrix=matrix,
        failures=quality.failures(scope, dataset, below).to_dicts() if dataset and reads_rows else None,
        conflicts=conflicts.conflicts(scope, dataset=chosen, region=below, most=LISTED_CONFLICTS).to_dicts()
        if reads_rows
        else None,
        sums=conflicts.sums(scope).to_dicts(),
        codes=conflicts.code_names(scope, lang),
        is_demo=map_queries.is_demo(),
        is_whole=region == root,
    )
