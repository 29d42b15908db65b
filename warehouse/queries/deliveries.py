"""Deliveries: what was sent, how it ended, what was refused, what waits for approval or repair."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from sqlalchemy import Engine

from kernel import clock
from kernel.errors import AccessDenied, WordedError
from kernel.scope import SENSITIVITY_LEVELS, GrantedScope
from kernel.settings import Settings
from warehouse import batch_history
from warehouse.batches import Batch, active, all_batches, find
from warehouse.contract import contract, contracts
from warehouse.contract_terms import Contract
from warehouse.curated import quarantine_path, read_active
from warehouse.delivery import DeliveryOptions
from warehouse.rules.headers import known_names, normal

LISTED = 200
RepairState = Literal["open", "repaired", "waived"]


@dataclass(frozen=True, slots=True)
class Repair:
    """Refused rows that wait to be mended.

    Attributes
    ----------
    batch : Batch
        The delivery with refused rows.
    state : {"open", "repaired", "waived"}
        Whether a later delivery mends them, or somebody closed the matter.
    age_days : int
        Days since it was received.
    closed_by : str
        Batch id of the delivery that mends it, or the reason of whoever waived it; empty while open.
    """

    batch: Batch
    state: RepairState
    age_days: int
    closed_by: str


def deliveries(scope: GrantedScope, engine: Engine, *, dataset: str | None = None, limit: int = LISTED) -> list[Batch]:
    """Return the deliveries of people that the scope may know of, the newest first; generated data are none.

    Parameters
    ----------
    scope : GrantedScope
        A confined account knows its own deliveries and those of units inside its area.
    engine : Engine
        The ledger.
    dataset : str, optional
        Only of this dataset.
    limit : int
        Most that come back.
    """
    found = [batch for batch in all_batches(engine, dataset) if batch.origin == "delivered" and knows(scope, batch)]
    return found[::-1][:limit]


def knows(scope: GrantedScope, batch: Batch) -> bool:
    """Return whether a scope may know of a delivery: of its own, of its area, or of all where it is not confined."""
    if batch.account_id == scope.account_id or not scope.region_codes:
        return True
    return batch.unit_code is not None and scope.includes_region(batch.unit_code)


def delivery(scope: GrantedScope, engine: Engine, batch_id: str) -> Batch:
    """Return one delivery.

    Raises
    ------
    WordedError
        When there is none; one that the scope may not know of is told alike.
    """
    batch = find(engine, batch_id)
    if batch is None or batch.origin != "delivered" or not knows(scope, batch):
        raise WordedError("upload.no_delivery")
    return batch


def waiting(scope: GrantedScope, engine: Engine) -> list[Batch]:
    """Return the deliveries that wait for approval, the oldest first."""
    return [batch for batch in deliveries(scope, engine, limit=10_000)[::-1] if batch.state == "held"]


def may_read_rows(scope: GrantedScope, batch: Batch) -> bool:
    """Return whether a scope may read the rows of a delivery: its own, or data of its level."""
    level = contract(batch.dataset).sensitivity if batch.dataset in contracts() else SENSITIVITY_LEVELS[-1]
    if batch.account_id == scope.account_id:
        return True
    return scope.covers(level if level in SENSITIVITY_LEVELS else SENSITIVITY_LEVELS[-1])


def refused_rows(scope: GrantedScope, settings: Settings, batch: Batch, *, limit: int | None = None) -> pl.DataFrame:
    """Return the refused rows of a delivery.

    Returns
    -------
    DataFrame
        row_number, rule, column, message, fix, raw (JSON text of the row as delivered, long cells shortened).

    Raises
    ------
    AccessDenied
        When the scope may not read rows of the dataset.
    WordedError
        When none are kept.
    """
    if not (knows(scope, batch) and may_read_rows(scope, batch)):
        raise AccessDenied("These rows are above your level.", fix="Ask the administrator for the right.")
    path = quarantine_path(settings, batch)
    if not path.is_file():
        raise WordedError("upload.no_refused_rows")
    frame = pl.scan_parquet(path)
    return (frame if limit is None else frame.head(limit)).collect()


def delivered_cell(raw: str, column: str | None, terms: Contract, options: Mapping[str, Any]) -> str:
    """Return what a refused row holds in a contract column, as delivered; empty where it has no such cell."""
    if column is None or column not in terms.column_names:
        return ""
    how = DeliveryOptions("", **{name: value for name, value in options.items() if name in ("rename", "fill")})
    names = known_names(terms, how).get(column, [])
    cells = json.loads(raw)
    return next((str(cell) for name, cell in cells.items() if normal(name) in names and cell is not None), "")


def repairs(scope: GrantedScope, engine: Engine) -> list[Repair]:
    """Return every delivery with refused rows and whether they were mended since, the oldest open ones first."""
    known = deliveries(scope, engine, limit=10_000)
    mended: dict[str, str] = {}
    for batch in known[::-1]:
        if batch.state in ("accepted", "superseded") and batch.options.get("repairs"):
            mended[str(batch.options["repairs"])] = batch.batch_id
    waived = {row["batch_id"]: str(row["reason"]) for row in batch_history.events(engine) if row["event"] == "waived"}
    now, found = clock.now(), []
    for batch in known:
        if not batch.refused_count or batch.state == "checked":
            continue
        age = (now - clock.from_stored(batch.received_at)).days
        state: RepairState = "open"
        if batch.batch_id in mended:
            state = "repaired"
        elif batch.batch_id in waived:
            state = "waived"
        closed_by = mended.get(batch.batch_id) or waived.get(batch.batch_id, "")
        found.append(Repair(batch, state, age, closed_by))
    return sorted(found, key=lambda repair: (repair.state != "open", -repair.age_days, repair.batch.arrival))


def history(scope: GrantedScope, engine: Engine, batch_id: str) -> list[dict[str, Any]]:
    """Return what happened to a delivery, oldest first: ``event, at, account_name, reason`` and others."""
    return batch_history.events(engine, delivery(scope, engine, batch_id).batch_id)


def code_names(_scope: GrantedScope, settings: Settings, engine: Engine) -> pl.DataFrame:
    """Return the code lists in force: ``list_name, code`` and the other columns of the dataset ``code_list``.

    Code lists are open to everybody.
    """
    terms = contract("code_list")
    return read_active(settings, terms, active(all_batches(engine, "code_list")))
