"""``python -m warehouse exchange``: keys, trust, packing, sending, receiving and the state of a node's exchange."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from kernel.clock import SHANGHAI
from kernel.progress import Progress
from kernel.settings import Settings
from warehouse.build.run import build
from warehouse.exchange import client, folder, keys, outbox, records
from warehouse.exchange.inbox import exchange_ledger
from warehouse.exchange.records import Package
from warehouse.publish import publish

OK, REFUSED = 0, 3
Answer = tuple[int, dict[str, Any]]
Add = Callable[..., argparse.ArgumentParser]
_SHOWN = 20


def add_exchange(add: Add) -> None:
    """Add the command ``exchange`` with its own commands to those of the warehouse."""
    parser = add("exchange", run, "Exchange signed packages between the nodes of cities and province.")
    shared = argparse.ArgumentParser(add_help=False)
    # Given before or after the command: what is not given here must not undo what was given there.
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON")
    shared.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="data folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def own(name: str, work: Callable[..., Answer], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, parents=[shared], help=text, description=text)
        one.set_defaults(exchange_work=work)
        return one

    made = own("keygen", _keygen, "Make a key for this node and print the line that the other node trusts.")
    made.add_argument("--from", dest="valid_from", type=_day, metavar="DAY", help="sign with it from this day on")
    trusted = own("trust", _trust, "Trust the public key of another node.")
    trusted.add_argument("line", nargs="+", metavar="NODE ALGORITHM KEY", help="the line that keygen printed there")
    trusted.add_argument("--from", dest="valid_from", type=_day, metavar="DAY", help="good from this day on")
    trusted.add_argument("--until", dest="valid_until", type=_day, metavar="DAY", help="good up to and with this day")
    revoked = own("revoke", _revoke, "Never accept again what a key signed.")
    revoked.add_argument("key_id")
    packed = own("pack", _pack, "Pack what was delivered here since the last package.")
    packed.add_argument("--to", type=Path, metavar="FOLDER", help="copy every package that waits into a folder")
    packed.add_argument("--again", metavar="PACKAGE", help="first withdraw a refused package, to pack its rows anew")
    sent = own("send", _send, "Pack what is new and send it: to the address of the province, else to the folder.")
    sent.add_argument("--again", metavar="PACKAGE", help="first put a refused package among those that wait")
    received = own("receive", _receive, "Take packages (province) or receipts (city) from a folder; build and publish.")
    received.add_argument("folder", nargs="?", type=Path, help="default: the exchange folder")
    received.add_argument("--no-build", action="store_true", help="only take in; build later")
    own("state", _state, "Show keys and packages of this node.")


def run(given: argparse.Namespace, settings: Settings, progress: Progress) -> Answer:
    """Run one command of the exchange and return exit code and answer."""
    engine = exchange_ledger(settings)
    try:
        answer: Answer = given.exchange_work(given, settings, engine, progress)
    finally:
        engine.dispose()
    return answer


def _keygen(given: argparse.Namespace, settings: Settings, engine: Engine, _progress: Progress) -> Answer:
    key = keys.make_key(settings, engine, valid_from=given.valid_from)
    lines = [key.line, f"Fingerprint, to be compared by telephone: {key.fingerprint}"]
    return OK, {"key": _key(key), "lines": lines}


def _trust(given: argparse.Namespace, _settings: Settings, engine: Engine, _progress: Progress) -> Answer:
    until = None if given.valid_until is None else given.valid_until + timedelta(days=1)
    key = keys.trust(engine, " ".join(given.line), valid_from=given.valid_from, valid_until=until)
    return OK, {"key": _key(key), "lines": [f"{key.node_code} is trusted with {key.fingerprint}"]}


def _revoke(given: argparse.Namespace, _settings: Settings, engine: Engine, _progress: Progress) -> Answer:
    key = keys.revoke(engine, given.key_id)
    return OK, {"key": _key(key), "lines": [f"{key.key_id} of {key.node_code} is revoked."]}


def _pack(given: argparse.Namespace, settings: Settings, engine: Engine, _progress: Progress) -> Answer:
    if given.again:
        outbox.withdraw(settings, engine, given.again)
    packed = outbox.pack(settings, engine)
    if given.to is not None:
        folder.put_out(settings, engine, given.to)
    return OK, _packages(packed)


def _send(given: argparse.Namespace, settings: Settings, engine: Engine, progress: Progress) -> Answer:
    if given.again:
        outbox.send_again(settings, engine, given.again)
    outbox.pack(settings, engine)
    if settings.exchange_url:
        sent = client.send_all(
            settings, engine, told=lambda package, done: progress(f"send {package.dataset}", done, package.byte_count)
        )
    else:
        sent = folder.put_out(settings, engine, folder.drop_folder(settings))
    code = REFUSED if any(package.state == "refused" for package in sent) else OK
    return code, _packages(sent)


def _receive(given: argparse.Namespace, settings: Settings, engine: Engine, progress: Progress) -> Answer:
    chosen: Path = given.folder or folder.drop_folder(settings)
    if settings.is_city_node:
        return OK, _packages(folder.read_receipts(chosen, settings, engine))
    found = folder.take_from(chosen, settings, told=lambda dropped: progress(dropped.name[:12], 0, 1))
    answer: dict[str, Any] = {"files": [_dropped(one, engine) for one in found]}
    answer["lines"] = [f"{one['file'][:12]} {one['state']} {one['why']}".rstrip() for one in answer["files"]]
    if not given.no_build and any(one.taken is not None and one.taken.changes_rows for one in found):
        result = build(settings, progress=progress)
        answer["build"] = {"build_id": result.build_id, "content_hash": result.content_hash}
        answer["published"] = publish(settings, result.build_id) if result.is_new else result.build_id
    return (REFUSED if any(one["state"] == "refused" for one in answer["files"]) else OK), answer


def _state(_given: argparse.Namespace, settings: Settings, engine: Engine, _progress: Progress) -> Answer:
    trusted = keys.all_keys(engine)
    packages = [
        package
        for direction in (records.OUT, records.IN)
        for package in records.packages(engine, direction, newest=_SHOWN)
    ]
    answer = _packages(packages)
    answer["node"] = settings.node
    answer["keys"] = [_key(key) for key in trusted]
    own = ("this node's" if key.is_own else "trusted" for key in trusted)
    answer["lines"] = [
        f"node {settings.node}",
        *(f"key {key.key_id} {key.node_code} {whose}" for key, whose in zip(trusted, own, strict=True)),
        *answer["lines"],
    ]
    return OK, answer


def _packages(found: Sequence[Package]) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [
        {
            "package_id": package.package_id,
            "dataset": package.dataset,
            "sequence": package.sequence,
            "state": package.state,
            "row_count": package.row_count,
            "accepted_count": package.accepted_count,
            "refused_count": package.refused_count,
            "why": _why(package.verdicts),
        }
        for package in found
    ]
    lines = [
        f"{one['package_id'][:12]} {one['dataset']} no. {one['sequence']}: {one['state']}, {one['row_count']} rows"
        f" {one['why']}".rstrip()
        for one in listed
    ]
    return {"packages": listed, "lines": lines or ["nothing to do"]}


def _dropped(one: folder.Dropped, engine: Engine) -> dict[str, Any]:
    if not one.is_whole:
        return {"file": one.name, "state": "incomplete", "why": "the end of the file is missing; is it still copied?"}
    if one.refusal is not None:
        return {"file": one.name, "state": "refused", "why": f"{one.refusal.check}: {one.refusal.message}"}
    if one.taken is None:
        return {"file": one.name, "state": "unknown", "why": ""}
    # A package that waited may have been taken in behind a later file of the folder.
    package = records.find(engine, records.IN, one.taken.package.package_id) or one.taken.package
    state = package.state if one.taken.is_new else "known"
    return {"file": one.name, "state": state, "why": _why(package.verdicts)}


def _why(verdicts: Sequence[dict[str, Any]]) -> str:
    """Return the codes of the checks that failed or wait."""
    return ", ".join(verdict["check"] for verdict in verdicts if verdict["state"] in ("failed", "held"))


def _key(key: keys.NodeKey) -> dict[str, Any]:
    return {"key_id": key.key_id, "node": key.node_code, "line": key.line, "is_own": key.is_own}


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
