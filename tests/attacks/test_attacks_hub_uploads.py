"""Attacks on the way in: around the sender's area, around the second pair of eyes, with calls that make no sense."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from components import upload_flow
from kernel.settings import Settings, load_settings
from ledger import upload_turns
from warehouse import apart, batch_history, receive
from warehouse.batches import Batch, acknowledge, active, all_batches, find
from warehouse.delivery import DeliveryOptions
from warehouse.landing import land
from warehouse.ledger_tables import BATCHES
from warehouse.receive import Receipt, Sender, check_here, resume, writing_ledger

# Two cities side by side: 321000 lies west of 119.5 degrees, 321100 east of it.
WEST, EAST = (119.2, 32.3), (119.8, 32.3)
YANGZHOU = Sender(account_id="y" * 32, account_name="yangzhou", unit_code="321000", area_codes=("321000",))
HEAD = "venue_id,venue_name,venue_type_code,lon,lat,region_code\n"
SIGNED_IN = ("leader", "planner", "analyst", "duty_officer", "trainer", "data_officer", "administrator")


def square(code: str, west: float, east: float) -> dict[str, object]:
    ring = [[west, 32.0], [east, 32.0], [east, 32.6], [west, 32.6], [west, 32.0]]
    level = "province" if code.endswith("0000") else "city"
    named = {"region_code": code, "region_name": code, "level": level}
    named |= {} if level == "province" else {"parent_code": "320000"}
    return {"type": "Feature", "properties": named, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with two cities."""
    made = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("hub") / "var")
    squares = [square("320000", 119.0, 120.0), square("321000", 119.0, 119.5), square("321100", 119.5, 120.0)]
    path = tmp_path_factory.mktemp("hub_files") / "region.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": squares}), "utf-8")
    (receipt,) = receive.receive(path, ["region"], DeliveryOptions("region.geojson"), made)
    assert receipt.state == "accepted", receipt.findings
    return made


def venue(name: str, at: tuple[float, float], region: str = "") -> str:
    return f"{name},{name},C21,{at[0]},{at[1]},{region}\n"


def deliver(settings: Settings, rows: str, *, sender: Sender = YANGZHOU, **options: object) -> Receipt:
    path = settings.data_dir.parent / "venue.csv"
    path.write_text(HEAD + rows, "utf-8")
    how = DeliveryOptions("venue.csv", crs="WGS-84", **options)  # type: ignore[arg-type]
    return receive.receive(path, ["venue"], how, settings, sender=sender, checker=check_here)[0]


def approved(settings: Settings, receipt: Receipt) -> Batch:
    assert receipt.state == "held", receipt.findings
    return batch_history.approve(writing_ledger(settings), receipt.batch.batch_id, "j" * 32, "judge")


def test_a_row_that_names_no_region_is_of_where_it_lies(settings: Settings) -> None:
    """Leaving the region out is no way into the area of another city; the own one is found by the place."""
    outside = deliver(settings, venue("leer", WEST) + venue("fremd", EAST))
    assert ([finding.rule for finding in outside.findings], outside.state) == (["SCOPE"], "rejected")
    assert outside.findings[0].row == 3
    assert deliver(settings, venue("leer2", WEST)).state == "held"
    # Beside the province, within its tolerance, it lies nowhere: nobody can tell, so it is not taken.
    nowhere = deliver(settings, venue("rand", (118.99, 32.3)) + venue("leer3", WEST))
    assert [finding.rule for finding in nowhere.findings] == ["SCOPE_UNKNOWN"]
    assert nowhere.batch.accepted_count == 1
    # Who may report on everything may leave it out anywhere.
    province = replace(YANGZHOU, account_id="p" * 32, unit_code=None, area_codes=())
    assert deliver(settings, venue("fremd2", EAST), sender=province).state == "held"


def test_a_key_of_a_row_without_region_cannot_be_taken_over(settings: Settings) -> None:
    whole = Sender()
    assert deliver(settings, venue("n1", EAST), sender=whole).state == "accepted"
    found = deliver(settings, venue("n1", WEST, "321000") + venue("n2", WEST, "321000"))
    assert "KEY_ELSEWHERE" in {finding.rule for finding in found.findings}
    assert (found.batch.accepted_count, found.batch.refused_count) == (1, 1)


def test_to_call_a_delivery_a_repair_does_not_get_it_past_the_judge(settings: Settings) -> None:
    """Only as many rows as were refused are mended rows."""
    rows = "".join(venue(f"r{n}", WEST, "321000") for n in range(40))
    first = approved(settings, deliver(settings, rows + "k1,,C21,119.2,32.3,321000\n"))
    assert first.refused_count == 1
    doubled = "".join(venue(f"s{n}", WEST, "321000") for n in range(90))
    pretended = deliver(settings, doubled, repairs=first.batch_id)
    assert (pretended.state, pretended.batch.holds[0]["rule"]) == ("held", "VOLUME_RISE")
    assert deliver(settings, venue("k1", WEST, "321000"), repairs=first.batch_id).state == "accepted"
    # A repair of another unit's delivery proves nothing either.
    other = replace(YANGZHOU, account_id="z" * 32, unit_code="321100", area_codes=("321100",))
    strange = approved(
        settings, deliver(settings, venue("t1", EAST, "321100") + "t2,,C21,119.8,32.3,321100\n", sender=other)
    )
    assert deliver(settings, doubled, repairs=strange.batch_id).state == "held"


def test_what_killed_its_check_is_never_checked_in_the_process_that_finishes_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent_apart: list[str] = []

    def seen(batch: Batch, settings: Settings, engine: object) -> object:
        sent_apart.append(batch.file_name)
        return check_here(batch, settings, engine)  # type: ignore[arg-type]

    monkeypatch.setattr(apart, "check_apart", seen)
    engine = writing_ledger(settings)
    for sender, name in ((YANGZHOU, "fremd.csv"), (Sender(), "eigen.csv")):
        path = tmp_path / name
        path.write_text(HEAD + venue(name[:5], WEST, "321000"), "utf-8")
        acknowledge(engine, receive._delivery("venue", land(path, settings), DeliveryOptions(name), sender))
    assert len(resume(settings, checker=apart.check_left)) == 2
    assert sent_apart == ["fremd.csv"]


def test_nothing_counts_before_its_approval_and_no_decision_is_made_twice(settings: Settings) -> None:
    engine = writing_ledger(settings)
    fresh = replace(YANGZHOU, account_id="f" * 32, unit_code="321100", area_codes=("321100",))
    held = deliver(settings, "".join(venue(f"u{n}", EAST, "321100") for n in range(200)), sender=fresh).batch
    assert held.state == "held"
    assert held.batch_id not in {batch.batch_id for batch in active(all_batches(engine))}
    assert held.batch_id not in {batch.batch_id for batch in batch_history.standing(engine)}
    said = {}
    for decide in (
        lambda: batch_history.approve(engine, held.batch_id, "f" * 32, "himself"),
        lambda: batch_history.turn_down(engine, held.batch_id, "f" * 32, "himself", "x"),
        lambda: batch_history.turn_down(engine, held.batch_id, "j" * 32, "judge", " \n\t"),
    ):
        with pytest.raises(upload_flow.WordedError) as refused:
            decide()
        said[refused.value.key] = find(engine, held.batch_id).state
    assert said == {"upload.own_delivery": "held", "upload.no_reason": "held"}
    batch_history.turn_down(engine, held.batch_id, "j" * 32, "judge", "falsch")
    for account in ("j" * 32, "k" * 32, "f" * 32):
        with pytest.raises(upload_flow.WordedError, match=""):
            batch_history.approve(engine, held.batch_id, account, "late")
    assert find(engine, held.batch_id).state == "turned_down"
    assert held.batch_id not in {batch.batch_id for batch in active(all_batches(engine))}


# What follows asks the running application.


@pytest.fixture(autouse=True)
def _clean(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if "server" not in request.fixturenames:
        yield
        return
    server = request.getfixturevalue("server")
    monkeypatch.setattr(upload_flow, "check_apart", check_here)
    yield
    engine = server.extensions["ledger"]
    upload_turns.METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))
        connection.execute(delete(BATCHES).where(BATCHES.c.account_id.is_not(None)))


def call(client, output: str, store: str, value: object):
    name, _, part = output.partition(".")
    body = {
        "output": output,
        "outputs": {"id": name, "property": part},
        "inputs": [{"id": store, "property": "data", "value": value}],
        "state": [],
        "changedPropIds": [f"{store}.data"],
    }
    return client.post("/_dash-update-component", json=body)


SENSELESS = [
    None,
    1,
    "x",
    [],
    {},
    {"act": "send"},
    {"act": ["approve"], "delivery": "x"},
    {"act": "check", "delivery": ["x"], "rename": "abc"},
    {"act": "check", "delivery": "x", "fill": [1, 2]},
    {"act": "approve", "delivery": "../x", "reason": {"a": 1}},
    {"act": "turn_down", "delivery": "x" * 100_000, "reason": "x" * 100_000},
]


@pytest.mark.parametrize("output", ["upload-went.data", "upload-judged.data"])
def test_calls_that_make_no_sense_are_refused_and_break_nothing(server: Flask, sign_in, output: str) -> None:
    store = {"upload-went.data": "upload-act", "upload-judged.data": "upload-decision"}[output]
    for value in SENSELESS:
        answer = call(sign_in("analyst"), output, store, value)
        assert answer.status_code < 500, (value, answer.text)
        assert "address" not in answer.text


@pytest.mark.parametrize(
    ("output", "store", "roles"),
    [
        ("upload-went.data", "upload-act", {"analyst", "data_officer"}),
        ("upload-judged.data", "upload-decision", {"analyst", "administrator"}),
        ("monitor-answer.children", "monitor-asked", {"leader", "analyst", "administrator"}),
    ],
)
def test_a_callback_is_for_its_roles(server: Flask, sign_in, output: str, store: str, roles: set[str]) -> None:
    for role in SIGNED_IN:
        answer = call(sign_in(role), output, store, {"act": "approve", "delivery": "x"})
        assert (answer.status_code == 403) is (role not in roles), (role, answer.text)
    assert call(server.test_client(), output, store, {}).status_code == 401


def test_deliveries_of_others_cannot_be_told_from_those_that_never_were(server: Flask, sign_in) -> None:
    """Neither the report nor the refused rows nor a decision tells whether the id of another's delivery exists."""
    rows = HEAD + venue("w1", WEST, "321000") + "w2,,C21,119.2,32.3,321000\n"
    sent = sign_in("analyst").post("/api/upload?name=v.csv&dataset=venue&crs=WGS-84", data=rows.encode())
    (found,) = sent.json["deliveries"]
    assert found["state"] == "held", sent.text
    from access.tables import ACCOUNT

    with server.extensions["ledger"].begin() as connection:
        is_officer = ACCOUNT.c.role_code == "data_officer"
        before = connection.execute(ACCOUNT.select().where(is_officer)).one().region_codes
        connection.execute(ACCOUNT.update().where(is_officer).values(region_codes="321100"))
    try:
        officer, never = sign_in("data_officer"), "0" * 20
        for pattern in ("/api/refused/{}.xlsx", "/api/upload?name=v.csv&dataset=venue&repairs={}"):
            method = officer.post if "upload" in pattern else officer.get
            real, none = (method(pattern.format(one), data=b"x") for one in (found["delivery"], never))
            assert real.status_code == none.status_code >= 400
            assert {**real.json, "request_id": ""} == {**none.json, "request_id": ""}
        for act in ("send", "waive"):
            real, none = (
                call(officer, "upload-went.data", "upload-act", {"act": act, "delivery": one, "reason": "x"})
                for one in (found["delivery"], never)
            )
            assert (real.status_code, real.json) == (none.status_code, none.json)
    finally:
        with server.extensions["ledger"].begin() as connection:
            connection.execute(ACCOUNT.update().where(is_officer).values(region_codes=before))
    own = call(
        sign_in("analyst"), "upload-judged.data", "upload-decision", {"act": "approve", "delivery": found["delivery"]}
    )
    assert "address" not in own.text
    assert find(server.extensions["ledger"], found["delivery"]).state == "held"


def test_checks_asked_for_by_the_page_wait_for_their_turn(server: Flask, sign_in) -> None:
    """A check costs as much as an upload: it is counted alike, else one account could hold every thread."""
    client, engine = sign_in("analyst"), server.extensions["ledger"]
    rows = (HEAD + venue("x1", WEST, "321000")).encode()
    trial = client.post("/api/upload?name=v.csv&dataset=venue&crs=WGS-84&check=1", data=rows).json["deliveries"][0]
    account = find(engine, trial["delivery"]).account_id
    again = {"act": "check", "delivery": trial["delivery"]}
    assert "address" in call(client, "upload-went.data", "upload-act", again).text
    turns = [upload_turns.begin(engine, account) for _ in range(upload_turns.AT_A_TIME)]
    answer = call(client, "upload-went.data", "upload-act", again)
    assert "address" not in answer.text
    assert answer.status_code < 500
    for turn in turns:
        upload_turns.end(engine, turn)
    with engine.connect() as connection:
        open_turns = connection.execute(
            upload_turns.UPLOAD_TURN.select().where(upload_turns.UPLOAD_TURN.c.ended_at.is_(None))
        )
        assert open_turns.all() == []
