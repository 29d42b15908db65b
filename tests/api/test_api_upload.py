"""``/api/upload``: streams to the landing, checks apart, answers in rows; and who may send how much."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from sqlalchemy import delete, select

from access.tables import AUDIT
from api import upload
from components import upload_flow
from ledger import upload_turns
from reports.upload_files import CODES_SHEET, DATA_SHEET, REASON, ROW
from warehouse import batch_history
from warehouse.apart import Limits, check_apart
from warehouse.batches import find
from warehouse.contract import contract
from warehouse.formats._template import GUIDE_SHEET, template_version
from warehouse.receive import check_here

HEAD = "venue_id,venue_name,venue_type_code,lon,lat,region_code\n"


@pytest.fixture(autouse=True)
def _no_turns(server) -> None:
    engine = server.extensions["ledger"]
    upload_turns.METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))


@pytest.fixture(autouse=True)
def _checked_here(request, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own costs a second each; tests named so have it."""
    if "apart" not in request.node.name:
        monkeypatch.setattr(upload_flow, "check_apart", check_here)


def body(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def venue(number: int, name: str = "馆") -> str:
    return f"{name}{number},{name}{number},C21,118.8,32.05,320102"


def path(**said: str) -> str:
    return f"/api/upload?{urlencode({'name': 'venue.csv', 'dataset': 'venue', **said})}"


def files(server) -> set[Path]:
    return {found for found in (server.extensions["settings"].data_dir / "landing").rglob("*") if found.is_file()}


def sent(client, content: bytes, **said: str) -> dict:
    answer = client.post(path(**said), data=content)
    assert answer.status_code in (200, 422), answer.text
    return answer.json["deliveries"][0]


@pytest.fixture
def free_server(server) -> Iterator[None]:
    """Nothing that these tests deliver counts for others that share the server."""
    yield
    from warehouse.ledger_tables import BATCHES

    with server.extensions["ledger"].begin() as connection:
        connection.execute(delete(BATCHES).where(BATCHES.c.account_id.is_not(None)))


pytestmark = pytest.mark.usefixtures("free_server")


def test_a_first_delivery_is_checked_apart_and_held(sign_in, server) -> None:
    rows = body("a1,甲,C21,118.8,32.05,320102", "a1,甲,C21,118.8,32.05,320102", "a3,丙,C21,x,32.05,320102")
    answer = sign_in("analyst").post(path(), data=rows)
    assert answer.status_code == 200
    found = answer.json["deliveries"][0]
    assert (found["state"], found["accepted"], found["refused"], found["duplicate"]) == ("held", 1, 1, 1)
    assert answer.json["address"].endswith(found["delivery"])
    with server.extensions["ledger"].connect() as connection:
        last = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(1)).one()
    assert (last.actor, last.action, last.result) == ("analyst", "data.upload", "done")
    assert found["delivery"] in last.object


def test_a_check_apart_that_runs_into_a_limit_refuses_the_file(sign_in, monkeypatch) -> None:
    """The parent lives on and answers; the child is ended long before it could read anything."""
    small = Limits(clock_s=0.01)
    monkeypatch.setattr(upload_flow, "check_apart", lambda *given: check_apart(*given, limits=small))
    found = sent(sign_in("analyst"), body(venue(1, "限")))
    assert (found["state"], found["rules"], found["delivered"]) == ("rejected", ["PARSER_LIMIT"], None)
    assert sign_in("analyst").get("/healthz").status_code == 200


def test_a_check_alone_keeps_nothing_and_is_sent_afterwards(sign_in, server) -> None:
    client, content = sign_in("analyst"), body(venue(1, "试"))
    trial = sent(client, content, check="1")
    assert (trial["state"], trial["accepted"]) == ("checked", 1)
    assert find(server.extensions["ledger"], trial["delivery"]).curated_path is None
    real = sent(client, content)
    assert (real["state"], real["delivery"]) == ("held", trial["delivery"])
    assert sent(client, content)["state"] == "duplicate"


def test_the_dataset_is_told_by_the_columns(sign_in) -> None:
    client = sign_in("analyst")
    found = sent(
        client,
        "场地编号,场地名称,场地类型,经度,纬度\n猜1,馆,C21,118.8,32.05\n".encode(),
        name="不知名.csv",
        dataset="auto",
    )
    assert found["dataset"] == "venue"
    answer = client.post(path(name="x.csv", dataset="auto"), data=b"p,q\n1,2\n")
    assert answer.status_code == 400
    assert "venue" not in answer.json["message"]


@pytest.mark.parametrize(
    ("said", "content", "status"),
    [
        ({"name": "x.duckdb"}, b"x", 415),
        ({"name": "x.pkl"}, b"x", 415),
        ({"name": "x.parquet.exe"}, b"x", 415),
        ({"name": ""}, b"x", 415),
        ({}, b"", 411),
        ({"dataset": "no_such"}, b"x", 400),
        ({"period": "2025-13"}, b"x", 400),
        ({"crs": "EPSG:x"}, b"x", 400),
        ({"wide": "x"}, b"x", 400),
        ({"lawful_basis": "x"}, b"x", 400),
        ({"repairs": "0" * 20}, b"x", 400),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_kept(sign_in, server, said, content, status) -> None:
    before = files(server)
    answer = sign_in("analyst").post(path(**said), data=content)
    assert answer.status_code == status, answer.text
    assert answer.json["message"]
    assert answer.json["fix"]
    assert files(server) == before or "repairs" in said


def test_a_file_that_is_too_large_is_refused_unread(sign_in, server, monkeypatch) -> None:
    monkeypatch.setattr(upload, "LARGEST_BYTES", 1_000)
    before = files(server)
    assert sign_in("analyst").post(path(), data=b"x" * 2_000).status_code == 413
    assert files(server) == before


def test_a_client_that_goes_away_leaves_nothing(sign_in, server) -> None:
    before = files(server)
    content = body(*(venue(n, "断") for n in range(50)))
    answer = sign_in("analyst").post(
        path(), input_stream=io.BytesIO(content[:600]), environ_overrides={"CONTENT_LENGTH": str(len(content))}
    )
    assert (answer.status_code, answer.json.get("code")) == (400, "CUT_OFF"), answer.text
    assert files(server) == before
    with server.extensions["ledger"].connect() as connection:
        open_turns = connection.execute(
            select(upload_turns.UPLOAD_TURN).where(upload_turns.UPLOAD_TURN.c.ended_at.is_(None))
        ).all()
    assert open_turns == []


def test_two_at_a_time_and_twenty_an_hour(sign_in, server) -> None:
    engine, client = server.extensions["ledger"], sign_in("analyst")
    account = client.get("/_dash-dependencies") and _account_of(server, "analyst")
    turns = [upload_turns.begin(engine, account) for _ in range(2)]
    answer = client.post(path(), data=body(venue(1, "限速")))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
    for turn in turns:
        upload_turns.end(engine, turn)
    for _ in range(18):
        upload_turns.end(engine, upload_turns.begin(engine, account))
    answer = client.post(path(), data=body(venue(1, "限速")))
    assert answer.status_code == 429
    assert 3_500 < int(answer.headers["Retry-After"]) <= 3_601


def _account_of(server, name: str) -> str:
    from access.tables import ACCOUNT

    with server.extensions["ledger"].connect() as connection:
        return connection.execute(select(ACCOUNT.c.account_id).where(ACCOUNT.c.account_name == name)).scalar_one()


def test_only_those_who_deliver_may_and_only_of_their_area(sign_in, server) -> None:
    for role in ("leader", "planner", "administrator"):
        assert sign_in(role).post(path(), data=body(venue(1))).status_code == 403
    assert server.test_client().post(path(), data=body(venue(1))).status_code == 401


def test_two_at_once_of_one_month_queue_and_both_are_written_down(server, sign_in) -> None:
    """The second is compared with the first; both count in the order of arrival, so one of them wins every key."""
    engine, found = server.extensions["ledger"], {}
    first = sent(sign_in("analyst"), body(venue(0, "并")), period="2025-01")
    batch_history.approve(engine, first["delivery"], "f" * 32, "judge")
    cookie = sign_in("analyst").get_cookie("som_session").value

    def deliver(name: str) -> None:
        client = server.test_client()
        client.set_cookie("som_session", cookie)
        found[name] = sent(client, body(f"并1,{name},C21,118.8,32.05,320102"), period="2025-02")

    threads = [threading.Thread(target=deliver, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batches = [find(engine, found[name]["delivery"]) for name in ("甲", "乙")]
    assert [batch.state for batch in batches] == ["accepted", "accepted"]
    assert len({batch.arrival for batch in batches}) == 2
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT.c.object).where(AUDIT.c.action == "data.upload")).scalars().all()
    assert all(any(batch.batch_id in row for row in rows) for batch in batches)


def test_the_template_is_filled_in_and_comes_back(sign_in) -> None:
    client = sign_in("analyst")
    answer = client.get("/api/template/venue.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet, guide = book[DATA_SHEET], book[GUIDE_SHEET]
    assert [cell.value for cell in guide[1]][:3] == ["模板版本", "venue", template_version(contract("venue"))]
    assert {choice.formula1 for choice in sheet.data_validations.dataValidation} >= {"codes_venue_type_code"}
    assert book[CODES_SHEET].sheet_state == "hidden"
    head = [cell.value for cell in sheet[1]]
    row = {
        "场地编号": "0012",
        "场地名称": "模板馆",
        "场地类型": "C21",
        "经度": 118.8,
        "纬度": 32.05,
        "区划代码": "320102",
    }
    values = {name: row[name] for name in head if name in row}
    assert len(values) == 6
    for place, name in enumerate(head, start=1):
        cell = sheet.cell(2, place, values.get(name))
        if isinstance(cell.value, str):
            assert cell.number_format == "@", name
    stream = io.BytesIO()
    book.save(stream)
    found = sent(client, stream.getvalue(), name="模板.xlsx", dataset="venue")
    assert (found["accepted"], found["refused"], found["rules"]) == (1, 0, [])
    guide["C1"] = "0000000000"
    stream = io.BytesIO()
    book.save(stream)
    assert sent(client, stream.getvalue(), name="旧.xlsx", dataset="venue")["rules"] == ["TEMPLATE_VERSION"]


def test_refused_rows_come_back_with_reasons_and_nothing_that_calculates(sign_in) -> None:
    client = sign_in("analyst")
    found = sent(client, body(venue(7, "退"), "=1+1,@SUM(1),ZZZ,118.8,32.05,320102"))
    answer = client.get(f"/api/refused/{found['delivery']}.xlsx")
    assert answer.status_code == 200
    (head, row) = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows()
    cells = dict(zip((cell.value for cell in head), row, strict=True))
    assert cells[ROW].value == 3
    assert cells["venue_id"].value == "=1+1"
    assert cells["venue_id"].data_type == "s"
    assert cells[REASON].value
    assert client.get("/api/refused/00000000000000000000.xlsx").status_code == 400
    assert sign_in("leader").get(f"/api/refused/{found['delivery']}.xlsx").status_code == 403
