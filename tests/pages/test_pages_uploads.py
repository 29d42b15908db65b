"""The page of deliveries: lists by scope, the report with words in both languages, and what may be done by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from access.audit import AuditTrail, load_key
from access.door import Door
from access.tables import create_tables
from components import upload_flow
from components.data_tabs import data_tabs
from components.request import RequestContext, Visitor
from components.upload_form import FormView, upload_form
from components.upload_lists import build_line, state_chip
from components.upload_report import ReportView, report_cards
from components.upload_words import fix_words, reason_words, rule_words
from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from ledger import job_queue, open_ledger
from pages import uploads
from tests.components.test_components_circles import text
from warehouse.batches import Batch
from warehouse.contract import contract
from warehouse.delivery import DeliveryOptions
from warehouse.ledger_tables import BATCH_STATES
from warehouse.queries import deliveries
from warehouse.receive import Receipt, Sender, check_here, receive

CLUBS = "club_id,club_name,kind_code,region_code,lon,lat\n"
GOOD = "k1,苏州羽协,association,320506,120.6,31.3\n"
ALL = frozenset({"data.view", "data.upload", "data.approve"})


def scope(account: str, *, regions: tuple[str, ...] = (), actions: frozenset[str] = ALL, level: str = "internal"):
    return GrantedScope(account, "analyst", frozenset(regions), level, actions)


def context(granted: GrantedScope, lang: str = "zh", **query: str) -> RequestContext:
    visitor = Visitor(
        granted.account_id, f"name-{granted.account_id}", "analyst", is_demo=True, must_change_password=False
    )
    return RequestContext(granted, lang, "light", visitor, query)  # type: ignore[arg-type]


OFFICER = scope("officer", regions=("320500",), actions=frozenset({"data.view", "data.upload"}))
NEIGHBOUR = scope("neighbour", regions=("320100",), actions=frozenset({"data.view", "data.upload"}))
JUDGE = scope("judge")
READER = scope("reader", actions=frozenset({"data.view"}), level="open")
SUZHOU = Sender(account_id="officer", account_name="name-officer", unit_code="320500", area_codes=("320500",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({}), data_dir=tmp_path / "var")


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    engine = open_ledger(settings)
    create_tables(engine)
    job_queue.create_tables(engine)
    made = Flask("deliveries")
    made.extensions.update(settings=settings, ledger=engine, door=Door(engine, AuditTrail(load_key(settings.data_dir))))
    monkeypatch.setattr(upload_flow, "check_apart", check_here)
    monkeypatch.setattr(uploads, "_units", lambda _context: {"320500": "苏州市"})
    monkeypatch.setattr(uploads, "_is_demo", lambda _dataset: True)
    with made.app_context():
        yield made


def deliver(settings: Settings, rows: str, *, sender: Sender = SUZHOU, **options: object) -> Receipt:
    path = settings.data_dir.parent / "clubs.csv"
    path.write_text(CLUBS + rows, "utf-8")
    return receive(path, ["club"], DeliveryOptions("clubs.csv", **options), settings, sender=sender)[0]  # type: ignore[arg-type]


def act(monkeypatch: pytest.MonkeyPatch, who: GrantedScope, what: str, batch_id: str, **said: object) -> dict[str, str]:
    monkeypatch.setattr(uploads, "current", lambda: context(who))
    function = uploads.judge if what in uploads.APPROVER_ACTS else uploads.act
    return function.__wrapped__({"act": what, "delivery": batch_id, **said})


def test_a_delivery_is_seen_by_its_unit_and_those_above_it(app: Flask, settings: Settings) -> None:
    held = deliver(settings, GOOD).batch
    engine = app.extensions["ledger"]
    assert [batch.batch_id for batch in deliveries.waiting(JUDGE, engine)] == [held.batch_id]
    for who, count in ((OFFICER, 1), (JUDGE, 1), (NEIGHBOUR, 0)):
        assert len(deliveries.deliveries(who, engine)) == count
    with pytest.raises(WordedError):
        deliveries.delivery(NEIGHBOUR, engine, held.batch_id)
    assert "clubs.csv" in text(uploads.layout(context(OFFICER)))
    assert "clubs.csv" not in text(uploads.layout(context(NEIGHBOUR)))
    assert "没有这份报送" in text(uploads.layout(context(NEIGHBOUR, delivery=held.batch_id)))


def test_refused_rows_are_for_those_of_the_level(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = deliver(settings, GOOD + "k2,,association,320506,120.6,31.3\n").batch
    assert deliveries.refused_rows(OFFICER, settings, batch).height == 1
    assert deliveries.delivered_cell('{"组织编号": "k9"}', "club_id", contract("club"), {}) == "k9"
    monkeypatch.setattr(deliveries, "contract", lambda name: replace(contract(name), sensitivity="personal"))
    assert deliveries.refused_rows(OFFICER, settings, batch).height == 1
    with pytest.raises(AccessDenied):
        deliveries.refused_rows(JUDGE, settings, batch)
    said = text(uploads.layout(context(JUDGE, delivery=batch.batch_id)))
    assert "您无权查看这份报送的明细行" in said
    assert "下载退回行" not in said


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("必填项为空", "补填该单元格", "待审核")), ("en", ("Fill the cell in", "is empty"))]
)
def test_a_report_says_what_where_and_how_to_mend(
    app: Flask, settings: Settings, lang: str, words: tuple[str, ...]
) -> None:
    batch = deliver(settings, GOOD + GOOD + "k2,,association,320506,120.6,31.3\n").batch
    page = uploads.layout(context(OFFICER, lang, delivery=batch.batch_id))
    said = text(page)
    for word in (*words, {"zh": "演示数据将全部撤下", "en": "never mixed"}[lang]):
        assert word in said
    shown = {
        part.id: part.children for part in page._traverse() if str(getattr(part, "id", "")).startswith("upload-count")
    }
    assert [shown[f"upload-count-{name}"] for name in ("delivered", "accepted", "refused", "duplicate")] == list("3111")


@pytest.mark.parametrize(("lang", "words"), [("zh", "履行法定职责所必需"), ("en", "statutory duty")])
def test_the_basis_for_data_of_minors_is_chosen_and_shown(
    app: Flask, settings: Settings, lang: str, words: str
) -> None:
    assert words in text(upload_form(FormView("club", (".csv",), may_replace=True), lang))
    batch = deliver(settings, GOOD, lawful_basis="statutory_duty").batch
    assert batch.options == {"lawful_basis": "statutory_duty"}
    assert words in text(uploads.layout(context(OFFICER, lang, delivery=batch.batch_id)))


def test_another_account_approves_and_a_build_is_asked_for_once(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = deliver(settings, GOOD).batch
    engine = app.extensions["ledger"]
    own = act(monkeypatch, replace(JUDGE, account_id="officer"), "approve", batch.batch_id)
    assert "不能审核本人" in own["error"]
    assert "原因" in act(monkeypatch, JUDGE, "turn_down", batch.batch_id)["error"]
    assert act(monkeypatch, JUDGE, "approve", batch.batch_id)["address"].endswith(batch.batch_id)
    assert job_queue.is_waiting(engine, "build")
    second = deliver(settings, GOOD.replace("k1", "k7"))
    assert second.state == "accepted"
    upload_flow.ask_build(context(JUDGE))
    assert len(job_queue.list_for(engine, JUDGE, "build")) == 1
    assert "等待构建" in text(uploads.layout(context(JUDGE)))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("select actor, action, result from audit order by sequence").all()
    assert tuple(rows[-1]) == ("name-judge", "data.approve", "done")


def test_a_missing_column_is_mapped_and_sent_again(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings.data_dir.parent / "clubs.csv"
    path.write_text(CLUBS.replace("club_name", "甲乙") + GOOD, "utf-8")
    batch = receive(path, ["club"], DeliveryOptions("clubs.csv"), settings, sender=SUZHOU)[0].batch
    assert "甲乙" in (batch.header or [])
    pages = [uploads.layout(context(who, delivery=batch.batch_id)) for who in (OFFICER, JUDGE)]
    assert [any(getattr(part, "id", "") == "upload-mapping" for part in page._traverse()) for page in pages] == [
        True,
        False,
    ]
    assert "error" in act(monkeypatch, JUDGE, "send", batch.batch_id)
    went = act(monkeypatch, OFFICER, "check", batch.batch_id, rename={"club_name": "甲乙"})
    trial = deliveries.delivery(OFFICER, app.extensions["ledger"], went["address"][-20:])
    assert (trial.state, trial.accepted_count) == ("checked", 1)
    went = act(monkeypatch, OFFICER, "send", trial.batch_id)
    assert deliveries.delivery(OFFICER, app.extensions["ledger"], went["address"][-20:]).state == "held"


def test_the_queue_of_repairs_closes_by_a_delivery_or_a_reason(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = app.extensions["ledger"]
    bad = [
        deliver(
            settings, GOOD + f"k{n},,association,320506,120.6,31.3\n", sender=replace(SUZHOU, account_id=None)
        ).batch
        for n in (2, 3)
    ]
    assert [repair.state for repair in deliveries.repairs(JUDGE, engine)] == ["open", "open"]
    deliver(
        settings,
        "k2,名,association,320506,120.6,31.3\n",
        sender=replace(SUZHOU, account_id=None),
        repairs=bad[0].batch_id,
    )
    act(monkeypatch, JUDGE, "waive", bad[1].batch_id, reason="已注销")
    found = {repair.batch.batch_id: (repair.state, repair.closed_by) for repair in deliveries.repairs(JUDGE, engine)}
    assert found[bad[0].batch_id][0] == "repaired"
    assert found[bad[1].batch_id] == ("waived", "已注销")
    assert "已注销" in text(uploads.layout(context(JUDGE)))
    assert uploads._form(context(JUDGE, repairs=bad[0].batch_id)).repairs.batch_id == bad[0].batch_id


def test_a_reader_sees_the_list_and_no_form(app: Flask, settings: Settings) -> None:
    deliver(settings, GOOD)
    page = uploads.layout(context(READER))
    assert "clubs.csv" in text(page)
    assert not [part for part in page._traverse() if getattr(part, "id", "") == "upload-form"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_event_and_rule_has_words(lang: str) -> None:
    terms = contract("club")
    for state in BATCH_STATES:
        assert text(state_chip(state, lang))
        batch = Batch(
            "b" * 20, 1, "club", "delivered", "", "", "2025", "x.csv", "0", 1, {}, False, state, "2026-10-01T00:00:00Z"
        )
        assert report_cards(ReportView(batch, None, []), lang)
    rule = terms.rules[0]
    assert rule_words(rule.name.upper(), terms, lang) == getattr(rule, lang)
    assert fix_words(rule.name.upper(), terms, lang) == getattr(rule, f"fix_{lang}")
    assert rule_words("NEVER_HEARD_OF", terms, lang) == "NEVER_HEARD_OF"
    fault = {"rule": "REQUIRED", "column": "club_name", "message": "club_name is empty."}
    assert reason_words(fault, "", terms, lang) == {"zh": "组织名称：必填项为空", "en": "club_name is empty."}[lang]
    form = text(upload_form(FormView("club", (".csv",), may_replace=True), lang))
    assert contract("club").name_zh in form or contract("club").name_en in form
    assert "uploads" not in {
        part.id for part in data_tabs("uploads", lang, context(READER))._traverse() if hasattr(part, "id")
    }
    job = job_queue.Job(
        "j", "build", "a", "f", True, {}, "failed", False, "", 0.0, None, None, {"message": "no"}, "x", None, None, None
    )
    assert "no" in text(build_line(job, lang)[-1])
