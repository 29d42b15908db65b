"""Questions about the running of the hub: loads, volumes, durations, queries, space on the disk."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import Engine, select

from kernel.clock import SHANGHAI, from_stored
from kernel.scope import GrantedScope
from kernel.settings import Settings
from ledger import for_reading
from warehouse.batches import all_batches
from warehouse.ledger_tables import BUILDS
from warehouse.manifest import build_ids, read_manifest
from warehouse.monitor_tables import BUILD_STEPS, QUERY_COUNTS, read_table
from warehouse.queries import _run
from warehouse.queries.query_log import QUERIES

BUILDS_SHOWN = 20
# Folders of the data folder, in the order of a delivery's way.
PLACES = ("landing", "curated", "quarantine", "warehouse")


def loads(scope: GrantedScope, engine: Engine) -> pl.DataFrame:
    """Return the deliveries by day of receipt (Shanghai), the newest first.

    Returns
    -------
    DataFrame
        ``day, origin, batch_count, delivered_count, accepted_count, refused_count, duplicate_count, byte_count,
        check_seconds`` (mean from receipt to end of the check), ``waiting_count`` (held or not yet checked).
    """
    rows = [
        {
            "day": from_stored(batch.received_at).astimezone(SHANGHAI).date(),
            "origin": batch.origin,
            "delivered_count": batch.delivered_count or 0,
            "accepted_count": batch.accepted_count or 0,
            "refused_count": batch.refused_count or 0,
            "duplicate_count": batch.duplicate_count or 0,
            "byte_count": batch.byte_count,
            "seconds": _seconds(batch.received_at, batch.finished_at),
            "is_waiting": batch.state in {"landed", "held"},
        }
        for batch in all_batches(engine)
        if not scope.region_codes or (batch.unit_code and scope.includes_region(batch.unit_code))
    ]
    schema = _LOAD_SCHEMA
    return (
        pl.DataFrame(rows, schema=schema)
        .group_by("day", "origin")
        .agg(
            pl.len().cast(pl.Int64).alias("batch_count"),
            pl.col("delivered_count", "accepted_count", "refused_count", "duplicate_count", "byte_count").sum(),
            pl.col("seconds").mean().alias("check_seconds"),
            pl.col("is_waiting").sum().cast(pl.Int64).alias("waiting_count"),
        )
        .sort("day", "origin", descending=[True, False])
    )


_LOAD_SCHEMA: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "origin": pl.String(),
    "delivered_count": pl.Int64(),
    "accepted_count": pl.Int64(),
    "refused_count": pl.Int64(),
    "duplicate_count": pl.Int64(),
    "byte_count": pl.Int64(),
    "seconds": pl.Float64(),
    "is_waiting": pl.Boolean(),
}


def volumes(scope: GrantedScope, settings: Settings) -> pl.DataFrame:
    """Return rows and bytes of each dataset in the served snapshot, and its growth against the snapshot before.

    Returns
    -------
    DataFrame
        ``dataset, name_zh, name_en, row_count, before_count`` (null without a snapshot before), ``byte_count`` (curated
        files of the batches in force), the largest first.
    """
    manifest = _run.manifest()
    earlier = [one for one in build_ids(settings) if one != manifest["build_id"] and one < manifest["build_id"]]
    before = read_manifest(settings, earlier[-1])["datasets"] if earlier else {}
    rows = [
        {
            "dataset": name,
            "name_zh": entry["name_zh"],
            "name_en": entry["name_en"],
            "row_count": entry["row_count"],
            "before_count": before[name]["row_count"] if name in before else None,
            "byte_count": _curated_bytes(settings, name, entry["batches"]),
        }
        for name, entry in manifest["datasets"].items()
        if not scope.region_codes
    ]
    return pl.DataFrame(rows, schema=_VOLUME_SCHEMA).sort("row_count", "dataset", descending=[True, False])


_VOLUME_SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "name_zh": pl.String(),
    "name_en": pl.String(),
    "row_count": pl.Int64(),
    "before_count": pl.Int64(),
    "byte_count": pl.Int64(),
}


def builds(settings: Settings, engine: Engine) -> pl.DataFrame:
    """Return the last builds, the newest first.

    Returns
    -------
    DataFrame
        ``sequence, build_id, state, built_at`` (instant, UTC), ``seconds`` (null where it was not kept),
        ``warning_count, byte_count`` (null where the snapshot is gone).
    """
    statement = select(BUILDS).order_by(BUILDS.c.sequence.desc()).limit(BUILDS_SHOWN)
    with for_reading(engine).connect() as connection:
        rows = connection.execute(statement).mappings().all()
    spent = read_table(engine, BUILD_STEPS).group_by("sequence").agg(pl.col("seconds").sum())
    seconds = dict(spent.iter_rows())
    sizes = {build_id: _snapshot_bytes(settings, build_id) for build_id in build_ids(settings)}
    return pl.DataFrame(
        [
            {
                "sequence": row["sequence"],
                "build_id": row["build_id"],
                "state": row["state"],
                "built_at": from_stored(row["built_at"]),
                "seconds": seconds.get(row["sequence"]),
                "warning_count": len(row["checks"]),
                "byte_count": sizes.get(row["build_id"]),
            }
            for row in rows
        ],
        schema={
            "sequence": pl.Int64(),
            "build_id": pl.String(),
            "state": pl.String(),
            "built_at": pl.Datetime("us", "UTC"),
            "seconds": pl.Float64(),
            "warning_count": pl.Int64(),
            "byte_count": pl.Int64(),
        },
    )


def slowest_steps(engine: Engine, most: int = 15) -> pl.DataFrame:
    """Return the steps of the newest build that took longest: ``step, seconds, before`` (in the build before it)."""
    steps = read_table(engine, BUILD_STEPS)
    known = steps["sequence"].unique().sort(descending=True).to_list()
    if not known:
        return steps.select("step", "seconds", before=pl.col("seconds"))
    before = steps.filter(pl.col("sequence") == known[1]) if len(known) > 1 else steps.clear()
    newest = steps.filter(pl.col("sequence") == known[0]).sort("seconds", "step", descending=[True, False]).head(most)
    return newest.join(before.select("step", before="seconds"), on="step", how="left", maintain_order="left").select(
        "step", "seconds", "before"
    )


def queries(engine: Engine, since: datetime, most: int = 20) -> pl.DataFrame:
    """Return the queries from a day on, the most time first; what this process has just counted is written first.

    Returns
    -------
    DataFrame
        ``query, call_count, row_count, milliseconds, mean_ms, slowest_ms``.
    """
    QUERIES.flush()
    day = since.astimezone(SHANGHAI).date().isoformat()
    return (
        read_table(engine, QUERY_COUNTS)
        .filter(pl.col("day") >= day)
        .group_by("query")
        .agg(pl.col("call_count", "row_count", "milliseconds").sum(), pl.col("slowest_ms").max())
        .with_columns(mean_ms=pl.col("milliseconds") / pl.col("call_count"))
        .sort("milliseconds", "query", descending=[True, False])
        .head(most)
        .select("query", "call_count", "row_count", "milliseconds", "mean_ms", "slowest_ms")
    )


def disk(settings: Settings) -> pl.DataFrame:
    """Return the space that the data folder takes: ``place, byte_count``, last ``free``, what is left on the disk."""
    rows = [(place, _folder_bytes(settings.data_dir / place)) for place in PLACES]
    rows.append(("ledger", sum(_size(path) for path in settings.data_dir.glob("ledger.sqlite*"))))
    rows.append(("free", shutil.disk_usage(settings.data_dir).free))
    return pl.DataFrame(rows, schema={"place": pl.String, "byte_count": pl.Int64}, orient="row")


def _seconds(start: str, end: str | None) -> float | None:
    return None if end is None else (from_stored(end) - from_stored(start)).total_seconds()


def _curated_bytes(settings: Settings, dataset: str, batches: list[str]) -> int:
    wanted = set(batches)
    folder = settings.data_dir / "curated" / dataset
    return sum(_size(path) for path in folder.glob("*/*.parquet") if path.stem in wanted)


def _snapshot_bytes(settings: Settings, build_id: str) -> int:
    return _folder_bytes(settings.data_dir / "warehouse" / build_id)


def _folder_bytes(folder: Path) -> int:
    return sum(_size(path) for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # swept away between listing and looking
        return 0
