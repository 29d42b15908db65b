"""The exchange in the background: a city's node packs what is new and sends it, a province's takes in its folder."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from access.audit import AuditTrail, load_key
from analytics.siting.problem import Report
from components.due_build import order_build
from jobs.declaration import Job
from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from warehouse.apart import check_apart
from warehouse.exchange import client, folder, outbox
from warehouse.exchange.inbox import exchange_ledger
from warehouse.exchange.records import Package


def run(_scope: GrantedScope, request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Exchange what there is to exchange, in the direction of this node.

    Parameters
    ----------
    _scope : GrantedScope
        The action is what it needs; a node sends its own area whoever asks.
    request : dict
        ``asked_by``: name of the account.
    report : Report
        Told each package.

    Returns
    -------
    dict
        ``packages``: number by state; ``unverified``: files that are no packages of a trusted node.

    Raises
    ------
    WordedError
        When there is no key, or the province cannot be reached; what was packed waits for the next time.
    """
    settings = load_settings()
    engine = exchange_ledger(settings)
    try:
        work = _send if settings.is_city_node else _take
        answer = work(settings, engine, report)
        trail = AuditTrail(load_key(settings.data_dir))
        with engine.begin() as connection:
            actor = str(request.get("asked_by", "system"))
            said = ", ".join(f"{state}={count}" for state, count in sorted(answer["packages"].items()))
            trail.append(connection, actor=actor, action="data.exchange", target=said or "nothing", result="done")
    finally:
        engine.dispose()
    return answer


def _send(settings: Settings, engine: Engine, report: Report) -> dict[str, Any]:
    outbox.pack(settings, engine)

    def told(package: Package, sent: int) -> None:
        report(f"send {package.dataset}"[:60], sent / max(package.byte_count, 1), None, None)

    if settings.exchange_url:
        sent = client.send_all(settings, engine, told=told)
    else:
        sent = folder.put_out(settings, engine, folder.drop_folder(settings))
        folder.read_receipts(folder.drop_folder(settings), settings, engine)
    return {"packages": _counts(sent), "unverified": 0}


def _take(settings: Settings, engine: Engine, report: Report) -> dict[str, Any]:
    chosen = folder.drop_folder(settings)
    if not chosen.is_dir():
        return {"packages": {}, "unverified": 0}
    found = folder.take_from(
        chosen,
        settings,
        checker=check_apart,
        told=lambda dropped: _tell(report, dropped.name),
    )
    taken = [one.taken for one in found if one.taken is not None]
    due = [one.package for one in taken if one.changes_rows]
    if due:
        order_build(engine, due[-1].key_id)
    new = [package for one in taken if one.is_new for package in (one.package, *one.followed)]
    return {"packages": _counts(new), "unverified": sum(one.refusal is not None for one in found)}


def _tell(report: Report, name: str) -> None:
    report(name[:60], 0.5, None, None)


def _counts(packages: list[Package]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for package in packages:
        counts[package.state] = counts.get(package.state, 0) + 1
    return counts


JOB = Job(action="data.exchange", run=run)
