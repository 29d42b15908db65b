"""One build: curated files in, a complete and checked snapshot folder out; nothing is published here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import polars as pl
from sqlalchemy import Engine, insert, update

from kernel import clock
from kernel.errors import BuildFailed
from kernel.progress import Progress, silent
from kernel.registry import members
from kernel.scope import SENSITIVITY_LEVELS
from kernel.settings import Settings
from warehouse.apart import check_left
from warehouse.batch_history import standing as standing_batches
from warehouse.batches import Batch
from warehouse.build.digest import content_hash, frame_digest
from warehouse.build.scratch import Scratch, open_scratch
from warehouse.build.serve import describe_arrays, describe_tables, write_manifest, write_served_files
from warehouse.build.sources import create_sources
from warehouse.checks._evidence import Evidence, Verdict
from warehouse.contract import Contract, contracts
from warehouse.curated import create_relation
from warehouse.durable import exclusive, move_into_place
from warehouse.graph import order
from warehouse.ledger_tables import BUILDS
from warehouse.manifest import current_build_id, current_manifest, snapshot_dir, sound_build_with, warehouse_dir
from warehouse.memo import memo_dir
from warehouse.meta._facts import BuildFacts, meta_tables
from warehouse.monitor_tables import record_steps
from warehouse.receive import resume, writing_ledger
from warehouse.steps import Step, Work, discover

BUILD_LOCK = "build.lock"
# Meta tables that come from the manifest itself.
HEAD_TABLES = ("build", "dataset")


@dataclass(frozen=True, slots=True)
class Build:
    """The result of a build.

    Attributes
    ----------
    build_id : str
        Folder of the snapshot; an older one that shows exactly this is taken again.
    content_hash : str
        Equal for equal curated input.
    is_new : bool
        False when the published snapshot already shows exactly this.
    verdicts : tuple of Verdict
        What was checked; warnings are worth reading.
    """

    build_id: str
    content_hash: str
    is_new: bool
    verdicts: tuple[Verdict, ...]


def build(settings: Settings, *, as_of: str | None = None, progress: Progress = silent) -> Build:
    """Return a complete, checked snapshot of everything that was accepted.

    Parameters
    ----------
    settings : Settings
        Says where the data folder is.
    as_of : str, optional
        Batch id or instant, see `warehouse.batch_history.standing`: only what counted by then.
    progress : Progress
        Told the name of each step.

    Raises
    ------
    BuildFailed
        When a step or a check fails. The message says which, where and how to mend it; nothing is left behind
        and the published snapshot is untouched.
    """
    resume(settings, progress=progress, checker=check_left)
    with exclusive(settings.data_dir / BUILD_LOCK):
        engine = writing_ledger(settings)
        standing = _standing(engine, as_of)
        with _engine_faults_told(), open_scratch(warehouse_dir(settings)) as scratch:
            steps = make(scratch, settings, standing, progress)
            with scratch.timed("checks"):
                verdicts = run_checks(scratch, steps, standing, current_manifest(settings), progress)
            row = _build_row(standing, verdicts)
            _stop_if_needed(engine, row, verdicts)
            with scratch.timed("digests"):
                manifest, catalogue = _describe(scratch, steps, standing, verdicts)
            # Built before: published already, or built by a run that was killed before it could publish.
            if known := sound_build_with(settings, manifest["content_hash"]):
                is_new = known != current_build_id(settings)
                return Build(known, manifest["content_hash"], is_new=is_new, verdicts=tuple(verdicts))
            manifest |= _number(engine, row, manifest["content_hash"])
            progress("write", 0, 1)
            with scratch.timed("files"):
                write_served_files(scratch, steps, _meta(manifest) | catalogue)
            record_steps(engine, manifest["sequence"], scratch.seconds)
            scratch.close()
            write_manifest(scratch.folder, manifest)
            move_into_place(scratch.folder, snapshot_dir(settings, manifest["build_id"]))
            progress("write", 1, 1)
            return Build(manifest["build_id"], manifest["content_hash"], is_new=True, verdicts=tuple(verdicts))


@contextmanager
def _engine_faults_told() -> Iterator[None]:
    """Turn what DuckDB raises outside of steps (a full disk, a damaged curated file) into a failed build."""
    try:
        yield
    except duckdb.Error as error:
        raise BuildFailed(
            f"The build stopped: {error}", fix="Run `python -m warehouse doctor`; look for free space on the disk."
        ) from error


def check(settings: Settings, *, progress: Progress = silent) -> list[Verdict]:
    """Return every verdict on what was accepted so far, without keeping what was built.

    Raises
    ------
    BuildFailed
        When a step fails or nothing has been delivered.
    """
    resume(settings, progress=progress, checker=check_left)
    standing = _standing(writing_ledger(settings), as_of=None)
    with _engine_faults_told(), open_scratch(warehouse_dir(settings)) as scratch:
        steps = make(scratch, settings, standing, progress)
        return run_checks(scratch, steps, standing, current_manifest(settings), progress)


def make(scratch: Scratch, settings: Settings, standing: Sequence[Batch], progress: Progress) -> list[Step]:
    """Run every step in the scratch and return them in the order in which they ran."""
    known = contracts()
    for dataset, contract in known.items():
        own = [batch for batch in standing if batch.dataset == dataset]
        create_relation(scratch.connection, settings, contract, own)
    scratch.batch_counts = dict(Counter(batch.dataset for batch in standing))
    with scratch.timed("sources"):
        create_sources(scratch.connection, settings, known, standing)
    steps = order(discover(), {dataset: served_level(contract) for dataset, contract in known.items()})
    for place, step in enumerate(steps):
        progress(f"build {step.name}", place, len(steps))
        scratch.work = Work(_within(step, place, len(steps), progress), settings.forecast, memo_dir(settings))
        scratch.run(step)
    progress("build", len(steps), len(steps))
    return steps


def _within(made: Step, place: int, count_of_steps: int, progress: Progress) -> Progress:
    """Return what a long step tells its progress to: it is named beside that of the whole build."""

    def within(step: str, done: int, total: int) -> None:
        progress(f"build {made.name}: {done} / {total} {step}", place, count_of_steps)

    return within


def run_checks(
    scratch: Scratch,
    steps: Sequence[Step],
    standing: Sequence[Batch],
    previous: dict[str, Any] | None,
    progress: Progress,
) -> list[Verdict]:
    """Return the verdict of every registered check."""
    evidence = Evidence(scratch.frame, steps, standing, contracts(), previous)
    checks = members("warehouse.checks", "CHECK")
    verdicts: list[Verdict] = []
    for place, (name, check) in enumerate(checks.items()):
        progress(f"check {name}", place, len(checks))
        verdicts += check(evidence)  # type: ignore[operator]
    return verdicts


def served_level(contract: Contract) -> str:
    """Return the level under which a dataset is served: whatever is above internal is restricted."""
    return contract.sensitivity if contract.sensitivity in SENSITIVITY_LEVELS else SENSITIVITY_LEVELS[-1]


def describe_datasets(standing: Sequence[Batch], known: dict[str, Contract]) -> dict[str, dict[str, Any]]:
    """Return what a snapshot was made of: per dataset its origin, sender, terms, period, rows and batches."""
    described = {}
    for dataset, contract in known.items():
        own = [batch for batch in standing if batch.dataset == dataset]
        if own:
            newest = own[-1]
            described[dataset] = {
                "name_zh": contract.name_zh,
                "name_en": contract.name_en,
                "origin": newest.origin,
                "publisher": newest.publisher,
                "licence": newest.licence,
                "period": newest.period,
                "sensitivity": served_level(contract),
                "row_count": sum(batch.accepted_count or 0 for batch in own),
                "refused_count": sum(batch.refused_count or 0 for batch in own),
                "delivered_at": max(batch.received_at for batch in own),
                "batches": [batch.batch_id for batch in own],
            }
    return described


def _standing(engine: Engine, as_of: str | None) -> list[Batch]:
    standing = standing_batches(engine, as_of)
    if not standing:
        raise BuildFailed(
            "Nothing has been delivered yet.",
            fix="Run `python -m warehouse demo` or `python -m warehouse ingest FILE`.",
        )
    return standing


def _stop_if_needed(engine: Engine, row: dict[str, Any], verdicts: Sequence[Verdict]) -> None:
    broken = [verdict for verdict in verdicts if verdict.stops]
    if not broken:
        return
    with engine.begin() as connection:
        connection.execute(insert(BUILDS).values(row | {"state": "failed"}))
    lines = "\n".join(f"  {verdict.name}: {verdict.detail}. Mend: {verdict.fix}" for verdict in broken)
    raise BuildFailed(f"{len(broken)} checks failed; nothing was published.\n{lines}", fix=broken[0].fix)


def _describe(
    scratch: Scratch, steps: Sequence[Step], standing: Sequence[Batch], verdicts: Sequence[Verdict]
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """Return the manifest without its number (what the snapshot shows, and the hash of that) and its catalogue."""
    tables, arrays = describe_tables(scratch, steps), describe_arrays(scratch)
    datasets = describe_datasets(standing, contracts())
    catalogue, digests = _catalogue(steps, standing, tables, arrays)
    levels = {step.name.removeprefix("arrays."): step.sensitivity for step in steps if step.layer == "arrays"}
    digest = content_hash(
        {
            "tables": {name: [table["digest"], table["sensitivity"]] for name, table in tables.items()},
            "arrays": arrays,
            "catalogue": digests,
            # When it arrived and how much was refused beside it is not what the snapshot shows.
            "datasets": {
                name: {key: value for key, value in dataset.items() if key not in {"delivered_at", "refused_count"}}
                for name, dataset in datasets.items()
            },
        }
    )
    manifest = {
        "content_hash": digest,
        **_title(scratch),
        "origin": "demo" if any(dataset["origin"] == "demo" for dataset in datasets.values()) else "delivered",
        "tables": tables,
        "arrays": arrays,
        "array_sensitivity": levels,
        "datasets": datasets,
        "checks": [asdict(verdict) for verdict in verdicts],
        "meta": sorted([*HEAD_TABLES, *catalogue]),
    }
    return manifest, catalogue


def _catalogue(
    steps: Sequence[Step],
    standing: Sequence[Batch],
    tables: dict[str, dict[str, Any]],
    arrays: dict[str, dict[str, dict[str, Any]]],
) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Return the meta tables that describe contracts and lineage, and their digests.

    The digests are part of the content hash: a contract that changes makes a new snapshot even where no row changes.
    """
    columns = {name: tuple(table["columns"]) for name, table in tables.items()}
    columns |= {f"arrays.{name}": tuple(keys) for name, keys in arrays.items()}
    facts = BuildFacts(contracts(), standing, steps, columns)
    frames, digests = {}, {}
    for name, table in meta_tables().items():
        frames[name] = table.make(facts)
        digests[name] = frame_digest(frames[name].drop(table.passing))
    return frames, digests


def _number(engine: Engine, row: dict[str, Any], digest: str) -> dict[str, Any]:
    """Return the head of the manifest under the next number of the ledger; a number is never used twice."""
    with engine.begin() as connection:
        result = connection.execute(insert(BUILDS).values(row | {"state": "built"}))
        sequence = int(result.inserted_primary_key[0])  # type: ignore[index]
        build_id = f"{sequence:06d}-{digest[:12]}"
        values = {"build_id": build_id, "content_hash": digest}
        connection.execute(update(BUILDS).where(BUILDS.c.sequence == sequence).values(values))
    return {"build_id": build_id, "sequence": sequence, "created_at": row["built_at"]}


def _build_row(standing: Sequence[Batch], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "batch_ids": [batch.batch_id for batch in standing],
        "checks": [asdict(verdict) for verdict in verdicts if not verdict.passed],
        "built_at": clock.as_stored(clock.now()),
    }


def _title(scratch: Scratch) -> dict[str, str]:
    """Return the name of the area: its top region, or 'study area' where there are several."""
    top = scratch.frame(
        "select region_name, region_name_en from core.region"
        " where parent_code is null or parent_code not in (select region_code from core.region)"
    )
    if top.height != 1:
        return {"title": "研究范围", "title_en": "Study area"}
    name, name_en = top.row(0)
    return {"title": name, "title_en": name_en or name}


def _meta(manifest: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """Return ``meta.build`` and ``meta.dataset``: the manifest's head and its datasets as tables."""
    head = {key: manifest[key] for key in ("build_id", "sequence", "content_hash", "created_at", "title", "title_en")}
    rows = [
        {"dataset": name} | {key: value for key, value in dataset.items() if key != "batches"}
        for name, dataset in manifest["datasets"].items()
    ]
    return {"build": pl.DataFrame([head]), "dataset": pl.DataFrame(rows, schema_overrides={"period": pl.String})}
