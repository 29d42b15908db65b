"""The catalogue of the snapshot: datasets, columns, rules, deliveries in force, lineage, sample rows by right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import polars as pl
from sqlalchemy import Engine

from analytics.masking import mask_kind, masked
from kernel.clock import from_stored, now
from kernel.scope import GrantedScope
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import _run
from warehouse.queries.deliveries import deliveries
from warehouse.steps import tables_read

SAMPLE_ROWS = 6
REGION = "region_code"
LISTED_BATCHES = 200
# Types that a contract's column may have and that no cell of a table can show.
_SHAPES = ("geometry", "point_list")


@dataclass(frozen=True, slots=True)
class Sample:
    """Some rows of a dataset, or why there are none.

    Attributes
    ----------
    table : str
        Table that the rows come from, empty where the snapshot has none.
    frame : DataFrame
        The contract's columns as texts; empty where ``refusal`` says why.
    masked : tuple of str
        Columns whose values are sensitive (about persons, most of them) and are not shown.
    refusal : {"", "no_table", "not_covered", "no_rows"}
        Why there is no row.
    """

    table: str
    frame: pl.DataFrame
    masked: tuple[str, ...] = ()
    refusal: str = ""


def datasets(scope: GrantedScope) -> pl.DataFrame:
    """Return every dataset by its name; what exists is known to everybody, the rows are not.

    Returns
    -------
    DataFrame
        Columns of ``meta.catalogue_dataset`` and: is_demo; age_days (since the newest delivery, null without one);
        state: ``missing`` (nothing in force), ``late`` (older than cadence and days of grace), ``current``, or
        ``undated`` (nothing is due on a date).
    """
    frame = _run.rows("catalogue_dataset.sql", scope)
    instant = now()
    ages = [
        None if stored is None else max((instant - from_stored(stored)).total_seconds() / 86_400, 0.0)
        for stored in frame["delivered_at"]
    ]
    limit = pl.col("cadence_days") + pl.col("due_days").fill_null(0)
    return frame.with_columns(
        pl.Series("age_days", ages, dtype=pl.Float64), is_demo=pl.col("origin").eq(DEMO_ORIGIN).fill_null(value=False)
    ).with_columns(
        state=pl.when(pl.col("origin").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("cadence_days").is_null())
        .then(pl.lit("undated"))
        .when(pl.col("age_days") > limit)
        .then(pl.lit("late"))
        .otherwise(pl.lit("current"))
    )


def columns(scope: GrantedScope, dataset: str | None = None) -> pl.DataFrame:
    """Return the columns of one dataset, or of all, in the order of the contracts: ``meta.catalogue_column``."""
    frame = _run.rows("catalogue_column.sql", scope)
    return frame if dataset is None else frame.filter(pl.col("dataset") == dataset)


def rules(scope: GrantedScope, dataset: str) -> pl.DataFrame:
    """Return the rules between the columns of a dataset: ``meta.catalogue_rule``."""
    return _run.rows("catalogue_rule.sql", scope, dataset=dataset)


def batches(scope: GrantedScope, dataset: str, engine: Engine | None = None) -> pl.DataFrame:
    """Return the deliveries in force, the newest first, 200 at most: ``meta.catalogue_batch``.

    Of what units delivered a confined account sees its own and that of its area, which ``engine``, the ledger, tells;
    without it none.
    """
    frame = _run.rows("catalogue_batch.sql", scope, dataset=dataset, row_limit=LISTED_BATCHES)
    if not scope.region_codes:
        return frame
    own = [] if engine is None else deliveries(scope, engine, dataset=dataset, limit=LISTED_BATCHES)
    known = [batch.batch_id for batch in own]
    return frame.filter(pl.col("origin").ne("delivered") | pl.col("batch_id").is_in(known))


def codes(scope: GrantedScope, list_names: Collection[str]) -> pl.DataFrame:
    """Return list_name, code, parent_code, code_name_zh, code_name_en and standard of some code lists."""
    return _run.rows("catalogue_code.sql", scope, list_names=sorted(list_names))


def lineage(scope: GrantedScope, name: str | None = None) -> pl.DataFrame:
    """Return the edges of the lineage that a table or dataset has part in; all of them without one.

    Parameters
    ----------
    scope : GrantedScope
        Who asks; names of tables and columns are known to everybody.
    name : str, optional
        ``venue`` (a dataset) or a table such as ``core.venue``.

    Returns
    -------
    DataFrame
        ``meta.lineage``: edges on a way into the table or out of it, nothing that merely lies beside.
    """
    frame = _all_edges(_run.build_id(), scope)
    if name is None:
        return frame
    start = name if "." in name else f"curated.{name}"
    edges = frame.filter(pl.col("how") == "table").select("source_table", "target_table").rows()
    after, before = _reach(start, edges), _reach(start, [(target, source) for source, target in edges])
    source, target = pl.col("source_table"), pl.col("target_table")
    down, up = sorted(after), sorted(before)
    return frame.filter((source.is_in(down) & target.is_in(down)) | (source.is_in(up) & target.is_in(up)))


def shown_in(scope: GrantedScope, dataset: str) -> tuple[str, ...]:
    """Return the tables and arrays that are made from a dataset, directly or through others, by name."""
    edges = lineage(scope, dataset)
    return tuple(sorted(set(edges["target_table"].to_list())))


def sample(scope: GrantedScope, dataset: str) -> Sample:
    """Return some rows of a dataset that the visitor may read: within his regions, sensitive values masked."""
    table = f"core.{dataset}"
    described: Mapping[str, object] | None = _run.manifest()["tables"].get(table)
    if described is None:
        return Sample("", pl.DataFrame(), refusal="no_table")
    if not scope.covers(str(described["sensitivity"])):
        return Sample(table, pl.DataFrame(), refusal="not_covered")
    held = described["columns"]
    terms = columns(scope, dataset).filter(~pl.col("type").is_in(_SHAPES))
    wanted = [name for name in terms["column_name"] if isinstance(held, list) and name in held]
    frame = _run.head(table, wanted, scope, SAMPLE_ROWS)
    if REGION in frame.columns:
        # Tables that every query reads whole (regions, faults planted by the generator) name regions all the same.
        seen = [code is None or scope.includes_region(code) for code in frame[REGION]]
        frame = frame.filter(pl.Series(seen, dtype=pl.Boolean))
    if not frame.height:
        return Sample(table, frame, refusal="no_rows")
    hidden = terms.filter(pl.col("is_sensitive") & pl.col("column_name").is_in(wanted))
    kinds = dict(hidden.select("column_name", "type").iter_rows())
    shown = frame.select(
        pl.Series(
            name,
            [masked(v, mask_kind(name, kinds[name])) if name in kinds else _as_text(v) for v in frame[name]],
            dtype=pl.String,
        )
        for name in wanted
    )
    return Sample(table, shown, tuple(kinds))


@cache
def query_tables() -> dict[str, tuple[str, ...]]:
    """Return the tables that each SQL file of this folder reads: ``{file without ending: tables}``."""
    folder = Path(__file__).resolve().parent
    return {file.stem: tables_read(file.read_text("utf-8")) for file in sorted(folder.glob("*.sql"))}


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def _reach(start: str, edges: Collection[tuple[str, str]]) -> set[str]:
    """Return what can be reached along edges, the start included."""
    after: dict[str, list[str]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
    seen, waiting = {start}, [start]
    while waiting:
        found = [name for name in after.get(waiting.pop(), ()) if name not in seen]
        seen.update(found)
        waiting += found
    return seen


@lru_cache(maxsize=8)
def _all_edges(build_id: str, scope: GrantedScope) -> pl.DataFrame:  # noqa: ARG001 - the build is part of the key
    return _run.rows("catalogue_lineage.sql", scope)
