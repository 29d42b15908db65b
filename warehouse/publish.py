"""Publishing: the pointer is swapped in one step; older snapshots stay for rollback, the rest is removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Engine, select, update

from kernel import clock
from kernel.errors import NoSnapshot, UsageError
from kernel.settings import Settings
from warehouse.build.run import BUILD_LOCK
from warehouse.durable import exclusive, remove_folder, write_text
from warehouse.ledger_tables import BUILDS
from warehouse.manifest import (
    POINTER_FILE,
    build_ids,
    current_build_id,
    damaged_files,
    sequence_of,
    snapshot_dir,
    warehouse_dir,
)
from warehouse.open_packages.versions import keep_versions
from warehouse.receive import writing_ledger
from warehouse.snapshot import open_snapshot


def publish(settings: Settings, build_id: str | None = None) -> str:
    """Point at a snapshot (the newest by default) and return its id; readers follow within a second.

    Raises
    ------
    NoSnapshot
        When there is no such snapshot, or it does not open or match its hashes; the pointer stays where it is.
    """
    with exclusive(settings.data_dir / BUILD_LOCK):
        known = build_ids(settings)
        chosen = build_id or (known[-1] if known else None)
        if chosen is None or chosen not in known:
            raise NoSnapshot(
                f"There is no complete snapshot {build_id or ''}".strip() + ".", fix="Run `python -m warehouse build`."
            )
        engine = writing_ledger(settings)
        _point_at(settings, engine, chosen)
        keep_versions(settings, chosen)
        remove_old(settings, engine)
        return chosen


def rollback(settings: Settings, build_id: str | None = None) -> str:
    """Point back at an earlier snapshot (the one before the published by default) and return its id.

    Raises
    ------
    UsageError
        When there is no earlier snapshot.
    """
    with exclusive(settings.data_dir / BUILD_LOCK):
        current = current_build_id(settings)
        known = build_ids(settings)
        earlier = [known_id for known_id in known if current and sequence_of(known_id) < sequence_of(current)]
        chosen = build_id or (earlier[-1] if earlier else None)
        if chosen is None or chosen not in known:
            raise UsageError(
                "There is no earlier snapshot to go back to." if build_id is None else f"There is no {build_id}.",
                fix=f"Kept snapshots: {', '.join(known) or 'none'}.",
            )
        _point_at(settings, writing_ledger(settings), chosen)
        return chosen


def kept(published: Mapping[str, datetime], newest: Iterable[str], current: str | None) -> set[str]:
    """Return the snapshots to keep: the newest ones, the current one, and the last of each month.

    Parameters
    ----------
    published : mapping
        ``{build id: instant of publication}`` of the snapshots on the disk.
    newest : iterable of str
        The last N build ids.
    current : str or None
        What the pointer names.
    """
    month_ends: dict[str, str] = {}
    for build_id in sorted(published, key=sequence_of):
        month_ends[published[build_id].astimezone(clock.SHANGHAI).strftime("%Y-%m")] = build_id
    return {*month_ends.values(), *newest, *([current] if current else [])}


def remove_old(settings: Settings, engine: Engine) -> list[str]:
    """Remove the snapshots that need not be kept and return their ids.

    Readers of a removed snapshot finish undisturbed: its files are open and mapped, only their names go.
    """
    on_disk = build_ids(settings)
    with engine.connect() as connection:
        rows = connection.execute(select(BUILDS.c.build_id, BUILDS.c.published_at)).all()
    published = {
        build_id: clock.from_stored(instant) for build_id, instant in rows if instant and build_id in set(on_disk)
    }
    keep = kept(published, on_disk[-settings.keep_builds :], current_build_id(settings))
    gone = [build_id for build_id in on_disk if build_id not in keep]
    for build_id in gone:
        remove_folder(snapshot_dir(settings, build_id))
    with engine.begin() as connection:
        connection.execute(update(BUILDS).where(BUILDS.c.build_id.in_(gone)).values(state="removed"))
    return gone


def _point_at(settings: Settings, engine: Engine, build_id: str) -> None:
    if damaged := damaged_files(settings, build_id):
        raise NoSnapshot(
            f"Snapshot {build_id} is damaged: {', '.join(damaged)}.", fix="Run `python -m warehouse build` again."
        )
    open_snapshot(settings, build_id)
    write_text(warehouse_dir(settings) / POINTER_FILE, build_id + "\n")
    with engine.begin() as connection:
        values = {"state": "published", "published_at": clock.as_stored(clock.now())}
        connection.execute(update(BUILDS).where(BUILDS.c.build_id == build_id).values(values))
