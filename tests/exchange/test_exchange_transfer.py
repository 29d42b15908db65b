"""Sending over a wire: signed requests that are good once, parts that continue where they stopped, and the route."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

import api.exchange_packages
from components import due_build
from kernel.clock import now
from kernel.errors import WordedError
from kernel.settings import Settings
from ledger import job_queue
from tests.exchange.pair import CITY, PROVINCE, Pair
from warehouse.exchange import client, keys, records, transfer
from warehouse.exchange import requests as asking
from warehouse.exchange.inbox import exchange_ledger
from warehouse.exchange.refusal import RequestRefused
from warehouse.exchange.tables import create_tables

PATH = f"{client.ROUTE}/{'a' * 64}"


def signed(pair: Pair, method: str, path: str, body: bytes = b"", *, to_node: str = PROVINCE) -> dict[str, str]:
    key = keys.own_key(pair.city, pair.ours)
    return asking.sign_request(pair.city, key, method, path, body, to_node=to_node)


def check(pair: Pair, headers: Mapping[str, str], method: str = "PUT", path: str = PATH) -> str:
    return asking.check_request(pair.theirs, pair.province, method, path, headers)


# Requests


def test_a_signed_request_is_good_once(pair: Pair) -> None:
    headers = signed(pair, "PUT", PATH, b"part")
    assert check(pair, headers) == CITY
    asking.check_body(headers, b"part")
    with pytest.raises(RequestRefused):
        asking.check_body(headers, b"part2")
    with pytest.raises(RequestRefused):
        check(pair, headers)


@pytest.mark.parametrize("what", ["method", "path", "node", *(name for name in asking._FORMS)])
def test_a_request_that_was_changed_is_refused(pair: Pair, what: str) -> None:
    headers = signed(pair, "PUT", PATH, to_node="330000" if what == "node" else PROVINCE)
    method, path = "POST" if what == "method" else "PUT", f"{PATH}?offset=1" if what == "path" else PATH
    if what in headers:
        last = headers[what][-1]
        headers[what] = headers[what][:-1] + ("1" if last != "1" else "0")
    with pytest.raises(RequestRefused):
        check(pair, headers, method, path)
    headers.pop(asking.SIGNATURE)
    with pytest.raises(RequestRefused):
        check(pair, headers)


def test_a_request_is_good_for_five_minutes(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, is_good in ((-290, True), (290, True), (-310, False), (310, False)):
        headers = signed(pair, "PUT", PATH)
        with monkeypatch.context() as patch:
            moment = now() + timedelta(seconds=seconds)
            patch.setattr(asking, "now", lambda moment=moment: moment)
            if is_good:
                assert check(pair, headers) == CITY
            else:
                with pytest.raises(RequestRefused, match="clocks"):
                    check(pair, headers)


def test_a_revoked_key_asks_in_vain(pair: Pair) -> None:
    headers = signed(pair, "PUT", PATH)
    keys.revoke(pair.theirs, headers[asking.KEY])
    with pytest.raises(RequestRefused):
        check(pair, headers)


# Parts


def test_parts_go_on_where_they_stopped_and_nowhere_else(pair: Pair) -> None:
    package, content = pair.packages()[0], pair.file(1).read_bytes()
    assert transfer.standing(pair.province, pair.theirs, CITY, package.package_id) == transfer.Standing(0, None)
    assert transfer.add_part(pair.province, CITY, package.package_id, 0, content[:1000]) == 1000
    for offset in (0, 999, 1001):
        with pytest.raises(WordedError) as refused:
            transfer.add_part(pair.province, CITY, package.package_id, offset, b"x")
        assert refused.value.values["present"] == 1000
    assert transfer.standing(pair.province, pair.theirs, CITY, package.package_id).received_bytes == 1000
    # What another node sends under the same id is kept apart.
    assert transfer.standing(pair.province, pair.theirs, "320200", package.package_id).received_bytes == 0
    transfer.add_part(pair.province, CITY, package.package_id, 1000, content[1000:])
    digest = hashlib.sha256(content).hexdigest()
    taken = transfer.finish(pair.province, CITY, package.package_id, digest)
    assert (taken.package.state, taken.package.channel) == ("accepted", "http")
    found = transfer.standing(pair.province, pair.theirs, CITY, package.package_id)
    assert (found.received_bytes, found.package.state) == (0, "accepted")
    assert transfer.standing(pair.province, pair.theirs, "320200", package.package_id).package is None
    with pytest.raises(WordedError, match="No part"):
        transfer.finish(pair.province, CITY, package.package_id, digest)


def test_parts_that_arrive_damaged_are_thrown_away(pair: Pair) -> None:
    package, content = pair.packages()[0], pair.file(1).read_bytes()
    transfer.add_part(pair.province, CITY, package.package_id, 0, content[:-1] + b"?")
    digest = hashlib.sha256(content).hexdigest()
    assert transfer.finish(pair.province, CITY, package.package_id, digest) is None
    assert transfer.standing(pair.province, pair.theirs, CITY, package.package_id).received_bytes == 0
    assert records.attempts(pair.theirs, newest=1) == []


def test_a_node_cannot_fill_the_disk(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(pair.province, exchange_max_mb=1)
    transfer.add_part(small, CITY, "1" * 64, 0, b"x" * (1 << 20))
    with pytest.raises(WordedError, match="larger"):
        transfer.add_part(small, CITY, "1" * 64, 1 << 20, b"x")
    monkeypatch.setattr(transfer, "MOST_OPEN", 2)
    transfer.add_part(small, CITY, "2" * 64, 0, b"x")
    with pytest.raises(WordedError, match="unfinished"):
        transfer.add_part(small, CITY, "3" * 64, 0, b"x")
    old = now().timestamp() - transfer.FORGOTTEN_S - 60
    os.utime(transfer._part_path(small, CITY, "1" * 64), (old, old))
    assert transfer.add_part(small, CITY, "3" * 64, 0, b"x") == 1


# The route


class Wire:
    """A client of the application that a city's node takes for its connection to the province."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        self.parts: list[int] = []
        self.fails_after: int | None = None

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        if "offset=" in path:
            self.parts.append(int(path.rpartition("=")[2]))
            if self.fails_after is not None and len(self.parts) > self.fails_after:
                raise OSError("the line is dead")
        self._answer = self.browser.open(path, method=method, data=body, headers=dict(headers))

    def getresponse(self) -> Wire:
        self.status = self._answer.status_code
        return self

    def read(self, _limit: int) -> bytes:
        return self._answer.data

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def wired(pair: Pair, server: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[Settings, Wire]]]:
    """Let the application be the province of the pair, and reach it without a network; rows are checked in place."""
    monkeypatch.setitem(server.extensions, "settings", pair.province)
    monkeypatch.setitem(server.extensions, "ledger", pair.theirs)
    monkeypatch.setattr(api.exchange_packages, "check_apart", None)
    job_queue.create_tables(pair.theirs)
    ordered: list[str] = []
    monkeypatch.setattr(api.exchange_packages, "order_build", lambda _engine, key_id: ordered.append(key_id))
    wire = Wire(server.test_client(use_cookies=False))
    monkeypatch.setattr(client.http.client, "HTTPConnection", lambda *_a, **_k: wire)
    wire.ordered = ordered
    return lambda: (replace(pair.city, exchange_url="http://127.0.0.1:1/", exchange_part_kb=1), wire)


def test_a_broken_transfer_goes_on_and_ends_with_receipts(pair: Pair, wired: Callable) -> None:
    settings, wire = wired()
    wire.fails_after = 2
    with pytest.raises(WordedError, match="cannot be reached"):
        client.send_all(settings, pair.ours)
    assert [one.state for one in pair.packages()] == ["sending", "packed", "packed"]
    wire.fails_after = None
    wire.parts.clear()
    told: list[int] = []
    sent = client.send_all(settings, pair.ours, told=lambda _package, done: told.append(done))
    assert [one.state for one in sent] == ["acknowledged"] * 3
    assert wire.parts[0] == 2048
    assert told == wire.parts
    assert len(wire.ordered) == 3
    assert client.send_all(settings, pair.ours) == []


def test_a_file_that_was_changed_is_refused_on_the_way_in(pair: Pair, wired: Callable) -> None:
    settings, wire = wired()
    good = pair.file(1).read_bytes()
    pair.file(1).write_bytes(good[:1500] + bytes([good[1500] ^ 8]) + good[1501:])
    sent = client.send_all(settings, pair.ours)
    assert [one.state for one in sent] == ["refused"]
    assert {verdict["check"]: verdict["state"] for verdict in sent[0].verdicts}["files"] == "failed"
    assert [one.state for one in pair.packages()] == ["refused", "withdrawn", "withdrawn"]
    assert wire.ordered == []
    assert records.packages(pair.theirs, records.IN) == []


def test_who_is_not_trusted_is_told_so(pair: Pair, wired: Callable) -> None:
    settings, _ = wired()
    keys.revoke(pair.theirs, keys.own_key(pair.city, pair.ours).key_id)
    with pytest.raises(WordedError, match="does not take requests"):
        client.send_all(settings, pair.ours)
    with pytest.raises(WordedError, match="No address"):
        client.send_all(pair.city, pair.ours)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_the_route_is_closed_to_everybody_else(server: Flask, pair: Pair, wired: Callable, method: str) -> None:
    wired()
    browser = server.test_client(use_cookies=False)
    assert browser.open(PATH, method=method).status_code == 401
    for headers in ({"Origin": "http://localhost"}, {"Cookie": "som_session=x"}):
        answer = browser.open(PATH, method=method, headers={**signed(pair, method, PATH), **headers})
        assert answer.status_code == 401
        assert answer.json["code"] == "NODE_UNKNOWN"
    other = f"{client.ROUTE}/nonsense"
    assert browser.open(other, method=method, headers=signed(pair, method, other)).status_code == 404
    if method == "PUT":
        path = f"{PATH}?offset=x"
        assert browser.put(path, headers=signed(pair, "PUT", path)).status_code == 400
        path = f"{PATH}?offset=7"
        answer = browser.put(path, data=b"x", headers=signed(pair, "PUT", path, b"x"))
        assert (answer.status_code, answer.json["received_bytes"]) == (409, 0)
        headers = signed(pair, "PUT", f"{PATH}?offset=0", b"other")
        assert browser.put(f"{PATH}?offset=0", data=b"x", headers=headers).status_code == 401


def test_a_build_is_asked_for_in_the_name_of_whoever_trusted_the_key(
    first_start: tuple, server: Flask, pair: Pair
) -> None:
    from access.accounts import list_accounts

    engine = server.extensions["ledger"]
    create_tables(engine)
    account = next(one for one in list_accounts(engine) if one.role_code == "administrator")
    line = keys.own_key(pair.city, pair.ours).line
    key = keys.trust(engine, line, trusted_by=account.account_id)
    # Other tests may have asked for builds in the same ledger.
    while (waiting := job_queue.claim(engine)) is not None:
        job_queue.finish(engine, waiting.job_id, "failed", message={"key": "jobs.unexpected", "values": {}})
    job_id = due_build.order_build(engine, key.key_id)
    job = job_queue.claim(engine)
    assert (job.job_id, job.code, job.account_id) == (job_id, "build", account.account_id)
    job_queue.finish(engine, job_id, "failed", message={"key": "jobs.unexpected", "values": {}})
    # Nobody of this ledger may build.
    empty = exchange_ledger(pair.city)
    from access.tables import create_tables as create_accounts

    create_accounts(empty)
    assert due_build.order_build(empty, "f" * 32) is None
