"""Attacks on who may see and do what in the hub: every role at every resource, and what is not of one's own city."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest
from flask import Flask

from kernel.errors import AccessDenied, NoSnapshot
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from pages import data_exchange
from tests.pages.test_pages_uploads import context
from warehouse import batch_history
from warehouse.batches import Delivery, Outcome, acknowledge, find, finish
from warehouse.ledger_tables import BATCH_EVENTS
from warehouse.queries import _run, catalogue
from warehouse.receive import writing_ledger

SENDERS, TAKERS = {"analyst", "data_officer"}, {"leader", "planner", "analyst", "data_officer"}
ALL = TAKERS | {"duty_officer", "trainer", "administrator"}
# Address -> roles that are let through the gate; every other is refused with 403 and nobody in particular with 401.
GATES = {
    "/api/template/club.xlsx": SENDERS,
    "/api/refused/" + "0" * 20 + ".xlsx": SENDERS,
    "/api/open/facilities/latest.zip": ALL,
    "/api/open/facilities/0001-%2e%2e.zip": ALL,
    "/api/open/%2e%2e/latest.zip": ALL,
    "/api/search?text=": ALL,
    "/api/export/quality.xlsx": TAKERS,
    "/api/export/data_catalogue.xlsx?dataset=athlete": TAKERS,
    "/api/export/checklists.xlsx": TAKERS,
    "/api/export/plan.xlsx": TAKERS,
    "/api/export/indicators.xlsx?system=market": TAKERS,
}
PATH_TRICKS = ("/api/open/..%2f..%2fkeys/latest.zip", "/api/template/..%2f..%2fx.xlsx", "/api/refused/..%2fx.xlsx")


def test_every_role_passes_its_gates_and_no_other(server: Flask, sign_in) -> None:
    """On an empty data folder: behind the gate there is nothing, which is explained and never an error of ours."""
    for role in ("administrator", "data_officer", "leader", "trainer"):
        for address, roles in GATES.items():
            status = sign_in(role).get(address).status_code
            assert (status == 403) is (role not in roles), (role, address, status)
            assert status in {200, 400, 403, 404, 503}, (role, address, status)
        for address in PATH_TRICKS:
            assert sign_in(role).get(address).status_code in {403, 404}
    for address in GATES:
        assert server.test_client().get(address).status_code == 401


def test_a_signed_in_person_is_no_node(server: Flask, sign_in) -> None:
    address = "/api/exchange/packages/"
    for role in ("administrator", "analyst", "data_officer"):
        for package_id in ("a" * 64, "..%2f..%2fkeys", "a" * 63 + "%0a"):
            for method in ("get", "put", "post"):
                answer = getattr(sign_in(role), method)(address + package_id, data=b"x")
                assert answer.status_code in {401, 403, 404, 405}, (role, method, answer.text)
    assert not (server.extensions["settings"].data_dir / "exchange" / "incoming").exists()


def scope(*regions: str, sensitivity: str = "internal") -> GrantedScope:
    actions = frozenset({"data.view", "data.exchange"})
    return GrantedScope("officer" if regions else "analyst", "analyst", frozenset(regions), sensitivity, actions)


@pytest.mark.parametrize("line", ["321000 ed25519 QUJD", "320000 ed25519 QUJD", "nonsense", ""])
def test_an_account_of_a_city_trusts_no_key_not_even_of_its_own_node(line: str) -> None:
    """A package of a trusted key needs nobody's approval: whoever could trust his own key would approve himself."""
    with pytest.raises(AccessDenied):
        data_exchange._do_trust(context(scope("321000")), line)


@pytest.fixture
def ledger(tmp_path: Path):
    return writing_ledger(replace(load_settings({}), data_dir=tmp_path / "var"))


def landed(ledger, unit: str | None, *, origin: str = "delivered", account: str = "sender") -> str:
    sent = Delivery(
        dataset="club",
        origin=origin,
        publisher="p",
        licence="l",
        period=None,
        file_name=f"{unit}.csv",
        sha256=(unit or "0").ljust(64, "0"),
        byte_count=1,
        options={},
        replaces_all=False,
        account_id=account,
        account_name=account,
        unit_code=unit,
    )
    return acknowledge(ledger, sent).batch_id


def test_the_catalogue_names_no_delivery_of_another_city(ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [landed(ledger, unit) for unit in ("321000", "321002", "321100", None)]
    ids.append(landed(ledger, "x", origin="demo"))
    frame = pl.DataFrame({"batch_id": ids, "origin": ["delivered"] * 4 + ["demo"]})
    monkeypatch.setattr(_run, "rows", lambda *_given, **_named: frame)
    assert catalogue.batches(scope("321000"), "club", ledger)["batch_id"].to_list() == [ids[0], ids[1], ids[4]]
    assert catalogue.batches(scope("321000"), "club")["batch_id"].to_list() == [ids[4]]
    assert catalogue.batches(scope(), "club", ledger)["batch_id"].to_list() == ids


def test_two_judges_at_once_make_one_decision(ledger) -> None:
    batch_id = landed(ledger, "321000")
    with ledger.begin() as connection:
        finish(connection, batch_id, Outcome(1, 1, 0, 0, (), "curated/x", "0" * 64, holds=(_hold(),)))
    said: list[str] = []
    ready = threading.Barrier(4)

    def decide(place: int) -> None:
        ready.wait()
        try:
            if place % 2:
                batch_history.turn_down(ledger, batch_id, f"j{place}", "judge", "r")
            else:
                batch_history.approve(ledger, batch_id, f"j{place}", "judge")
            said.append("done")
        except data_exchange.WordedError as error:
            said.append(error.key)

    threads = [threading.Thread(target=decide, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done"] + ["upload.not_held"] * 3
    with ledger.connect() as connection:
        events = [row.event for row in connection.execute(BATCH_EVENTS.select())]
    state = find(ledger, batch_id).state
    assert events.count("counted") == (state == "accepted")
    assert events.count("approved") + events.count("turned_down") == 1


def _hold():
    from kernel.errors import Finding

    return Finding("FIRST_DELIVERY", "m", "f", file="x.csv")


def test_a_column_that_an_earlier_snapshot_lacks_is_no_fault_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page then says that there is nothing to show yet, instead of failing."""

    class Old:
        build_id = "000001-old"

        def level_of(self, _tables: object) -> str:
            return "open"

        def cursor(self, _level: str, _scope: GrantedScope) -> duckdb.DuckDBPyConnection:
            connection = duckdb.connect(":memory:")
            connection.execute("create schema meta; create table meta.catalogue_column (dataset varchar)")
            return connection

    class Store:
        def current(self) -> Old:
            return Old()

    with _run.reading_from(Store()), pytest.raises(NoSnapshot, match="000001-old"):  # type: ignore[arg-type]
        catalogue.columns(scope())


def test_a_sample_holds_no_row_of_another_city_even_of_tables_that_are_read_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = {"core.demo_anomaly": {"sensitivity": "internal", "columns": ["anomaly_id", "region_code"], "scope": None}}
    terms = pl.DataFrame(
        {"column_name": ["anomaly_id", "region_code"], "type": ["id", "code"], "is_sensitive": [False, False]}
    )
    rows = pl.DataFrame({"anomaly_id": ["a", "b", "c"], "region_code": ["321002", "321102", "320000"]})
    monkeypatch.setattr(_run, "manifest", lambda: {"tables": tables})
    monkeypatch.setattr(_run, "head", lambda *_given: rows)
    monkeypatch.setattr(catalogue, "columns", lambda *_given: terms.with_columns(dataset=pl.lit("demo_anomaly")))
    assert catalogue.sample(scope("321000"), "demo_anomaly").frame["region_code"].to_list() == ["321002"]
    assert catalogue.sample(scope(), "demo_anomaly").frame.height == 3
    assert catalogue.sample(scope(sensitivity="open"), "demo_anomaly").refusal == "not_covered"
