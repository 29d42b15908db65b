"""The state of the nodes and the page: SQL against a plain loop, levels by hand, what each account sees and may do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest
from flask import Flask

import jobs.exchange
from access.audit import AuditTrail
from access.door import Door
from access.tables import create_tables as create_accounts
from components import exchange_cards, exchange_keys, exchange_map, exchange_package
from components.request import RequestContext, Visitor
from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from ledger import job_queue
from pages import data_exchange
from tests.components.test_components_circles import text
from tests.exchange.pair import CITY, PROVINCE, Pair, deliver, venues
from warehouse.demo.deliveries import STATES
from warehouse.demo.province import cities_of
from warehouse.demo.records import exchange_log
from warehouse.demo.world import World
from warehouse.exchange import folder, keys, outbox, records
from warehouse.exchange.inbox import take_in
from warehouse.queries import exchange, quality
from warehouse.queries import map as map_queries

QUERIES = Path(exchange.__file__).parent
MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
NANJING, WUXI, XUZHOU = CITY, "320200", "320300"
ACTIONS = frozenset({"data.view", "data.exchange"})
ANALYST = GrantedScope("a" * 32, "analyst", frozenset(), "internal", ACTIONS)
ADMINISTRATOR = replace(ANALYST, sensitivity="open")
OFFICER = replace(ANALYST, region_codes=frozenset({WUXI}))
SQUARE = "[[[{0},32],[{1},32],[{1},33],[{0},33],[{0},32]]]"


def package(number: int, node: str, dataset: str, period: str, day: str, **changes: object) -> dict[str, object]:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    row = {
        "package_id": f"p{number}",
        "from_node": node,
        "to_node": PROVINCE,
        "dataset": dataset,
        "period": period,
        "row_count": 100,
        "accepted_count": 98,
        "rejected_count": 2,
        "sent_at": at - timedelta(minutes=2),
        "received_at": at,
        "signature_ok": True,
    }
    return row | changes


LOG = [
    package(1, NANJING, "grade_award", "2026-08", "2026-09-10"),
    package(2, NANJING, "grade_award", "2026-09", "2026-10-20"),
    # Overdue: September was due on 15 October + 1 (venue is yearly and is not).
    package(3, WUXI, "grade_award", "2026-08", "2026-09-12"),
    package(4, WUXI, "event", "2026-09", "2026-10-12"),
    package(5, XUZHOU, "event", "2026-09", "2026-10-11"),
    package(6, XUZHOU, "event", "2026-09", "2026-10-12", signature_ok=False, accepted_count=0, rejected_count=100),
    package(7, NANJING, "grade_award", "2025-08", "2025-09-10"),
]
REGIONS = pl.DataFrame(
    [
        {"region_code": code, "region_name": name, "region_name_en": name, "parent_code": parent, "level": level}
        | {"center_lon": 118.5 + place, "center_lat": 32.5}
        for place, (code, name, parent, level) in enumerate(
            [
                ("320000", "江苏省", None, "province"),
                (NANJING, "南京市", "320000", "city"),
                (WUXI, "无锡市", "320000", "city"),
                (XUZHOU, "徐州市", "320000", "city"),
                ("320400", "常州市", "320000", "city"),
            ]
        )
    ]
)
OUTLINES = json.dumps(
    {
        "features": [
            {
                "properties": {"code": code, "level": "city"},
                "geometry": {"type": "Polygon", "coordinates": json.loads(SQUARE.format(119 + place, 120 + place))},
            }
            for place, code in enumerate((NANJING, WUXI, XUZHOU, "320400"))
        ]
    }
).encode()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer the queries from the log above, as the snapshot would: the real SQL on a table in memory."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set timezone = 'UTC'")
        connection.register("log", pl.DataFrame(LOG).to_arrow())
        connection.execute("create schema core; create table core.exchange_log as select * from log")

        def rows(sql_file: str, scope: GrantedScope, **values: object) -> pl.DataFrame:
            assert scope.covers("internal")
            return connection.execute((QUERIES / sql_file).read_text("utf-8"), values).pl()

        monkeypatch.setattr(exchange, "_run", SimpleNamespace(rows=rows, manifest=lambda: {"datasets": {}}))
        monkeypatch.setattr(exchange, "regions", lambda _scope: REGIONS)
        monkeypatch.setattr(exchange, "now", lambda: MOMENT)
        yield


# The state of the nodes


def test_levels_follow_from_lag_cadence_and_refusals(logged: None, pair: Pair) -> None:
    states = {state.code: state for state in exchange.nodes(ANALYST, pair.theirs)}
    assert {code: state.level for code, state in states.items()} == {
        NANJING: "ok",
        WUXI: "late",
        XUZHOU: "refused",
        "320400": "never",
    }
    assert states[NANJING].lag_hours == 12 * 24
    assert (states[NANJING].package_count, states[NANJING].row_count) == (2, 200)
    assert states[XUZHOU].refused_datasets == ("event",)
    assert states[XUZHOU].unsigned_count == 1
    # August ended on the 31st; one month for September, and the days that the contract allows.
    due = states[WUXI].overdue[0]
    assert (due.dataset, due.last_period) == ("grade_award", "2026-08")
    allowed = exchange.contracts()["grade_award"].due_days
    assert due.days == (MOMENT - datetime(2026, 8, 31, tzinfo=UTC)).days - 31 - allowed
    assert states[NANJING].refused_share == 0.02
    assert states["320400"].refused_share is None


def test_a_node_is_silent_after_a_month_without_packages(
    logged: None, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "now", lambda: MOMENT + timedelta(days=25))
    levels = {state.code: state.level for state in exchange.nodes(ANALYST, pair.theirs)}
    assert levels == {NANJING: "silent", WUXI: "silent", XUZHOU: "silent", "320400": "never"}


def test_months_are_those_of_a_plain_loop(logged: None) -> None:
    counts: dict[tuple[str, str], list[int]] = {}
    for row in LOG:
        month = (row["received_at"] + timedelta(hours=8)).strftime("%Y-%m")
        entry = counts.setdefault((row["from_node"], month), [0, 0, 0, 0])
        values = (1, row["row_count"], row["rejected_count"], int(not row["signature_ok"]))
        counts[row["from_node"], month] = [a + b for a, b in zip(entry, values, strict=True)]
    found = {(row[0], row[1]): list(row[2:]) for row in exchange.months(ANALYST).iter_rows()}
    assert found == counts
    assert [row["package_id"] for row in exchange.latest(ANALYST, NANJING).to_dicts()] == ["p2", "p1", "p7"]


def test_a_confined_account_and_one_for_open_data_see_less(logged: None, pair: Pair) -> None:
    assert [state.code for state in exchange.nodes(OFFICER, pair.theirs)] == [WUXI]
    assert {state.level for state in exchange.nodes(ADMINISTRATOR, pair.theirs)} == {"never"}
    take_in(pair.file(1), pair.province, channel="folder")
    found = exchange.packages(ANALYST, pair.theirs, "in")[0]
    assert exchange.packages(OFFICER, pair.theirs, "in") == []
    assert exchange.package(OFFICER, pair.theirs, "in", found.package_id) is None
    assert exchange.attempts(OFFICER, pair.theirs) == []


def test_real_packages_count_instead_of_the_log(logged: None, pair: Pair) -> None:
    take_in(pair.file(3), pair.province, channel="folder")
    state = next(one for one in exchange.nodes(ANALYST, pair.theirs) if one.code == NANJING)
    # A package that waits for those before it does not count yet, but somebody should know.
    assert (state.package_count, state.held_count) == (2, 1)
    assert "1 个包在等待" in exchange_cards.sentence(state, "南京市", "zh")
    take_in(pair.file(1), pair.province, channel="folder")
    state = next(one for one in exchange.nodes(ANALYST, pair.theirs) if one.code == NANJING)
    assert (state.package_count, state.row_count, state.held_count, state.is_demo) == (1, 3, 1, False)
    assert state.dataset_count == 1


def test_the_generated_log_ends_with_its_last_month(logged: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exchange.as_of(ANALYST) == MOMENT
    demo = {"datasets": {"exchange_log": {"origin": "demo"}}}
    monkeypatch.setattr(exchange._run, "manifest", lambda: demo)
    monkeypatch.setattr(exchange, "now", lambda: MOMENT + timedelta(days=99))
    assert exchange.as_of(ANALYST) == MOMENT


# The generator


def test_the_generated_log_says_how_months_came() -> None:
    world = World(1, cities_of("small"), {})
    city, months = world.cities[0], world.months[:57]
    states = [STATES[number % 4] for number in range(57)]
    known = {"city_code": city, "month": months, "state": states, "delay_days": 5, "rows": 1_000}
    world.delivered["event"] = pl.DataFrame(known)
    log = exchange_log.generate(world)
    per_month = dict(log.filter(pl.col("signature_ok")).group_by("period").len().iter_rows())
    for state, month in zip(states, months, strict=True):
        assert per_month.get(month, 0) == {"missing": 0, "resubmitted": 2}.get(state, 1), month
    assert log["received_at"].max() <= MOMENT
    assert (log["accepted_count"] + log["rejected_count"] == log["row_count"]).all()
    unsigned = log.filter(~pl.col("signature_ok"))
    assert (unsigned.height, unsigned["accepted_count"].sum()) == (3, 0)
    assert {(one.dataset, one.kind, one.entity) for one in world.planted} == {("exchange_log", "refused", "event")}
    assert world.planted[0].started_on <= world.planted[0].ended_on
    assert exchange_log.generate(World(1, cities_of("small"), {})).is_empty()


# The page


@pytest.fixture
def page(logged: None, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Return a function that shows the page to a scope at a node, and one that acts there."""
    monkeypatch.setattr(data_exchange, "regions", lambda _scope: REGIONS)
    monkeypatch.setattr(map_queries, "outlines", lambda _scope, _detail: OUTLINES)
    scores = pl.DataFrame({"region_code": [NANJING], "score": [93.25]})
    monkeypatch.setattr(quality, "by_unit", lambda _scope: scores)
    application = Flask("page")
    for engine in (pair.theirs, pair.ours):
        create_accounts(engine)
        job_queue.create_tables(engine)

    def context_of(scope: GrantedScope, lang: str) -> RequestContext:
        visitor = Visitor(scope.account_id, "name", scope.role_code, is_demo=True, must_change_password=False)
        return RequestContext(scope, lang, "light", visitor)

    def at(scope: GrantedScope, settings: Settings, lang: str = "zh") -> None:
        engine = pair.theirs if settings is pair.province else pair.ours
        door = Door(engine, AuditTrail(b"k" * 32))
        application.extensions.update(settings=settings, ledger=engine, door=door)
        monkeypatch.setattr(data_exchange, "current", lambda: context_of(scope, lang))

    def show(scope: GrantedScope, settings: Settings, lang: str = "zh", **query: str) -> list:
        at(scope, settings, lang)
        with application.app_context():
            return data_exchange.show_exchange.__wrapped__(query)

    def act(scope: GrantedScope, settings: Settings, trigger: object, line: str = "") -> str:
        at(scope, settings)
        pressed = SimpleNamespace(triggered_id=trigger, triggered=[{"value": 1}])
        monkeypatch.setattr(data_exchange, "ctx", pressed)
        with application.app_context():
            return text(data_exchange.act.__wrapped__(None, [], [], line, {})[0])

    show.act, show.context_of = act, context_of
    return show


def ids(parts: list) -> list:
    return [found.id for part in parts for found in [part, *part._traverse()] if getattr(found, "id", None)]


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("迟报", "被退回", "未接入")), ("en", ("late", "refused", "not connected"))]
)
def test_the_page_shows_every_node_with_state_and_warning(page: Callable, pair: Pair, lang: str, words: tuple) -> None:
    said = text(page(ANALYST, pair.province, lang))
    for word in (*words, "无锡市", "93.2", "12 天" if lang == "zh" else "12 days"):
        assert word in said, word
    assert data_exchange.layout(page.context_of(ANALYST, lang)).className.startswith("measures")
    chosen = text(page(ANALYST, pair.province, lang, node=XUZHOU))
    assert ("不通过" if lang == "zh" else "fails") in chosen
    assert ids(page(replace(ANALYST, actions=frozenset({"data.view"})), pair.province, lang)) == []
    assert "内部" in text(page(ADMINISTRATOR, pair.province))


def test_the_report_of_a_package_tells_each_check_and_conflict(page: Callable, pair: Pair) -> None:
    deliver(pair.province, venues(1, name="他方"), publisher="省厅")
    taken = take_in(pair.file(1), pair.province, channel="folder")
    said = text(page(ANALYST, pair.province, **{"in": taken.package.package_id}))
    for word in ("签名", "包链", "行政区范围", "接收 3 行", "他方10", "场地10", "省厅", "现行值"):
        assert word in said, word
    assert "他方10" in text(page(ADMINISTRATOR, pair.province, **{"in": taken.package.package_id}))
    with pytest.raises(WordedError):
        page(OFFICER, pair.province, **{"in": taken.package.package_id})
    assert taken.package.package_id[:12] in text(page(ANALYST, pair.province))


def test_values_are_shown_to_readers_of_their_level_only(
    page: Callable, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(pair.province, venues(1, name="他方"), publisher="省厅")
    taken = take_in(pair.file(1), pair.province, channel="folder")
    terms = exchange.contracts()["venue"]
    monkeypatch.setattr(exchange, "contracts", lambda: {"venue": replace(terms, sensitivity="personal")})
    said = text(page(ANALYST, pair.province, **{"in": taken.package.package_id}))
    assert "他方10" not in said
    assert "v10" not in said
    quoted = replace(taken.package, findings=[{"message": "13800000000"}])
    assert exchange.without_values(ANALYST, quoted).findings == []


def test_a_citys_page_shows_what_is_sent(page: Callable, pair: Pair) -> None:
    deliver(pair.city, venues(5), period="2026-10")
    shown = page(ANALYST, pair.city)
    said = text(shown)
    for word in ("待发送", "2026-10", "发出的数据包", "已打包", "本节点"):
        assert word in said, word
    assert {"type": "exchange-run", "kind": "send"} in ids(shown)


def test_keys_are_trusted_and_revoked_and_it_is_written_down(page: Callable, pair: Pair) -> None:
    made = keys.make_key(pair.city, pair.ours)
    said = page.act(ANALYST, pair.province, "exchange-trust", made.line)
    assert made.fingerprint in said
    assert keys.find_key(pair.theirs, made.key_id).trusted_by == ANALYST.account_id
    assert "公钥" in page.act(ANALYST, pair.province, "exchange-trust", "nonsense")
    with pytest.raises(AccessDenied):
        page.act(OFFICER, pair.province, "exchange-trust", made.line)
    with pytest.raises(AccessDenied):
        page.act(OFFICER, pair.province, {"type": "exchange-revoke", "key": made.key_id})
    page.act(ANALYST, pair.province, {"type": "exchange-revoke", "key": made.key_id})
    assert keys.find_key(pair.theirs, made.key_id).revoked_at
    assert AuditTrail(b"k" * 32).verify(pair.theirs)[0] == 2


def test_the_button_queues_the_exchange(page: Callable, pair: Pair) -> None:
    page.act(ANALYST, pair.city, {"type": "exchange-run", "kind": "send"})
    with pytest.raises(AccessDenied):
        page.act(OFFICER, pair.province, {"type": "exchange-run", "kind": "receive"})
    assert {"type": "exchange-run", "kind": "receive"} not in ids(page(OFFICER, pair.province))
    assert {"type": "exchange-run", "kind": "receive"} in ids(page(ANALYST, pair.province))
    job = job_queue.claim(pair.ours)
    assert (job.code, job.account_id) == ("exchange", ANALYST.account_id)


def test_the_job_sends_at_a_city_and_takes_in_at_the_province(
    page: Callable, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = tmp_path / "drop"
    ordered: list[str] = []
    monkeypatch.setattr(jobs.exchange, "check_apart", None)
    monkeypatch.setattr(jobs.exchange, "order_build", lambda _engine, key_id: ordered.append(key_id))

    def work(settings: Settings) -> dict:
        monkeypatch.setattr(jobs.exchange, "load_settings", lambda: replace(settings, exchange_folder=drop))
        return jobs.exchange.JOB.run(ANALYST, {"asked_by": "name"}, lambda *_: True)

    assert work(pair.province) == {"packages": {}, "unverified": 0}
    deliver(pair.city, venues(5))
    assert work(pair.city) == {"packages": {"sent": 4}, "unverified": 0}
    assert work(pair.province)["packages"]["accepted"] >= 4
    assert ordered == [keys.own_key(pair.city, pair.ours).key_id]
    work(pair.city)
    assert {one.state for one in records.packages(pair.ours, records.OUT)} == {"acknowledged"}
    assert folder.drop_folder(pair.city).name == "drop"
    assert outbox.province_of(pair.city) == PROVINCE


def test_the_map_is_a_picture_with_a_link_for_every_node() -> None:
    place = exchange_map.Place(NANJING, "南京市", "late", 119.5, 32.5, "/data/exchange?node=320100")
    drawn = exchange_map.exchange_map(OUTLINES, [place], "dark", "zh")
    links = [part for part in drawn._traverse() if getattr(part, "href", "")]
    assert [(link.href, link.title) for link in links] == [(place.href, "南京市: 迟报")]
    assert drawn.children[0].src.count("%3Cpath") == 4
    left, top = (float(re.sub("%", "", value)) for value in drawn.children[1].children[0].style.values())
    assert left == pytest.approx(12.5, abs=0.2)
    assert 40 < top < 60
    nothing = exchange_map.exchange_map(b'{"features": []}', [], "light", "en")
    assert "no cities" in text(nothing)


def test_words_of_lags_and_of_verdicts() -> None:
    assert exchange_cards.hours(None, "zh") == "—"
    assert (exchange_cards.hours(71.6, "zh"), exchange_cards.hours(72, "en")) == ("72 小时", "3 days")
    unknown = {"check": "x", "state": "failed", "key": "exchange.of_a_later_version", "values": {}}
    assert exchange_package.verdict_words(unknown, "zh") == "exchange.of_a_later_version"
    held = {"check": "sequence", "state": "held", "key": "exchange.held_gap", "values": {"missing": 4}}
    assert "4" in exchange_package.verdict_words(held, "en")
    assert "没有新的数据" in text(exchange_keys.outbox_card([], may_send=False, lang="zh"))
