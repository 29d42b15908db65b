"""The items of the development plans, each with the state that its evidence gives, and the figures of its targets."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import polars as pl

from analytics.plan import Evidence, is_settled, standing_of
from kernel.scope import GrantedScope
from warehouse import reference_tables
from warehouse.contract import contracts
from warehouse.plan_evidence import plan_evidence
from warehouse.queries import _run
from warehouse.queries import map as map_queries
from warehouse.queries.regions import regions, root_code

# A baseline is a fact of a year gone by: nothing is owed for it on a day.
BASELINE = "baseline"
_NOTHING = Evidence(None, (), ())
_TEXTS = pl.List(pl.String())
_STANDING_SCHEMA: dict[str, pl.DataType] = {
    "state_code": pl.String(),
    "is_overdue": pl.Boolean(),
    "evidence": _TEXTS,
    "missing": _TEXTS,
    "lacks": _TEXTS,
}
_TARGETS = "marts.mart_plan_target"
_FIGURES = ("numerator", "denominator", "value")
_CHANCES = "marts.mart_indicator_target"


def is_tracked() -> bool:
    """Return whether the served snapshot holds the items of the plans; one of an earlier version does not."""
    return "core.plan_item" in _run.manifest()["tables"]


def items(scope: GrantedScope, *, pages: Set[str], year: int) -> pl.DataFrame:
    """Return every item of the plans with its computed state.

    Parameters
    ----------
    scope : GrantedScope
        Who asks; the plans are open to every account.
    pages : set of str
        Addresses of the pages that the application has.
    year : int
        The current year: items due before it and not settled are overdue.

    Returns
    -------
    polars.DataFrame
        The columns of ``core.plan_item``, ``state_code`` (one of ``analytics.plan.STATES``), ``is_overdue``,
        ``evidence`` and ``missing`` (lists of ``kind:name``), ``lacks`` (list of codes). Key: ``item_id``.
    """
    frame = _run.rows("plan_item", scope)
    manifest = _run.manifest()
    existing = {"page": pages, "table": set(manifest["tables"]), "dataset": set(contracts())}
    origins = {name: entry["origin"] for name, entry in manifest["datasets"].items() if entry["row_count"]}
    known = plan_evidence()
    rows = [_standing(row, known.get(row["item_id"], _NOTHING), existing, origins, year) for row in frame.to_dicts()]
    return pl.concat([frame, pl.DataFrame(rows, schema=_STANDING_SCHEMA)], how="horizontal")


def _standing(
    row: dict[str, Any], evidence: Evidence, existing: dict[str, Set[str]], origins: dict[str, str], year: int
) -> dict[str, Any]:
    found = standing_of(row["level_code"], evidence, existing=existing, origins=origins, reported=row["reported_state"])
    is_late = row["due_year"] < year and row["branch_code"] != BASELINE
    return {
        "state_code": found.state,
        "is_overdue": is_late and not is_settled(found.state),
        "evidence": [f"{kind}:{name}" for kind, name in evidence.named],
        "missing": [f"{kind}:{name}" for kind, name in found.missing],
        "lacks": list(evidence.lacks),
    }


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One numeric target, as ``warehouse/reference/plan_targets.csv`` states it with its source.

    Attributes
    ----------
    code, item_id : str
        Measure, and the plan item that it belongs to.
    name_zh, name_en, unit_zh, unit_en, definition_zh, definition_en, source : str
        In words.
    value, year : float, int
        What is wanted by the end of which year.
    is_upward : bool
        Whether more is better.
    datasets : tuple of str
        What it is measured from.
    """

    code: str
    item_id: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    value: float
    year: int
    is_upward: bool
    datasets: tuple[str, ...]
    definition_zh: str
    definition_en: str
    source: str


def target_list() -> list[PlanTarget]:
    """Return the numeric targets in the order of the reference table."""
    rows = reference_tables.table("plan_targets").with_columns(
        pl.col("value").cast(pl.Float64),
        pl.col("year").cast(pl.Int64),
        pl.col("is_upward") == "yes",
        datasets=pl.col("datasets").str.split(" "),
    )
    return [PlanTarget(**{**row, "datasets": tuple(row["datasets"])}) for row in rows.iter_rows(named=True)]


def target_months(scope: GrantedScope) -> pl.DataFrame:
    """Return the measured months of every target.

    Returns
    -------
    polars.DataFrame
        ``measure_code, month`` (``YYYY-MM``), ``numerator, denominator, value`` in the unit of the target. Key: the
        first two. Yearly figures stand at December. Empty where the snapshot was built by an earlier version.
    """
    if _TARGETS not in _run.manifest()["tables"]:
        texts = dict.fromkeys(("measure_code", "month"), pl.String)
        return pl.DataFrame(schema={**texts, **dict.fromkeys(_FIGURES, pl.Float64)})
    return _run.rows("plan_target", scope)


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a target is held at the end of a year, and when the forecast passes it.

    Attributes
    ----------
    year : int
        At the end of which: the due year, or the running one where that is over.
    probability : float or None
        None where nothing can be said.
    method : str
        How the chance was worked out, or why it was not, see `analytics.targets.probabilities`.
    is_untellable : bool
        Whether past chances were no better than one chance for all.
    passes, earliest, latest : str
        Periods in which the median and the two ends of the 90 % interval of the forecast pass the target; empty where
        they do not within the forecast, and where the target is held already.
    """

    year: int
    probability: float | None
    method: str
    is_untellable: bool
    passes: str
    earliest: str
    latest: str


def chances(scope: GrantedScope) -> dict[str, Chance]:
    """Return the chance of each numeric target that is an indicator too, for the whole area, by code.

    The figures beside them are those of the whole area: who sees only a part of it is told no chance, and so is who may
    not read the forecasts. Empty where the snapshot was built by an earlier version.
    """
    is_whole = not scope.region_codes and scope.covers("internal")
    if not is_whole or _CHANCES not in _run.manifest()["tables"]:
        return {}
    region = root_code(scope, regions(scope))
    known = {row["indicator_code"]: row for row in _run.rows("plan_target_chance", scope, region=region).to_dicts()}
    return {target.code: _chance(known[target.code]) for target in target_list() if target.code in known}


def _chance(row: dict[str, Any]) -> Chance:
    passes, earliest, latest = (row[name] or "" for name in ("reach_period", "reach_early", "reach_late"))
    # Snapshots of an earlier version do not say it.
    skill = row.get("skill")
    is_untellable = skill is not None and skill <= 0
    return Chance(row["year"], row["reach_probability"], row["method"], is_untellable, passes, earliest, latest)


def is_generated(target: PlanTarget) -> bool:
    """Return whether a dataset behind a target is generated."""
    return map_queries.is_demo(frozenset(target.datasets))
