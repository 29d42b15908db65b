"""A scenario on the small town: drawn, refused, kept, compared; figures against a count by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly
import pytest
from small_town import LAT, LON, STEP, copied_town
from sqlalchemy import Engine

from access.roles import ROLES
from components.planning_columns import asked_keys, compared, first_choice, key_of_link, options
from components.planning_compare import Line
from components.planning_figures import Change, share_pair, show_change
from components.planning_filter import Choice, choice_of_address, choice_of_controls, choice_words, controls
from components.planning_place import place_card
from components.planning_scenario import asked, change_saved, draw, save_scenario
from components.planning_scenarios import scenario_list
from components.planning_words import page_words, said
from components.request import RequestContext, Visitor
from kernel.errors import AccessDenied, UsageError, WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from ledger import open_ledger, scenarios
from warehouse.queries import _run, whatif
from warehouse.queries.venue_filter import VenueFilter, WeekTime
from warehouse.snapshot import open_store

CORNER = {"kind": "add_venue", "venue_type_code": "E10", "lon": LON + 5 * STEP, "lat": LAT + 5 * STEP, "area_m2": 500}


@pytest.fixture(scope="module")
def town(published_town, tmp_path_factory):
    settings = copied_town(published_town, tmp_path_factory.mktemp("planning_town") / "var")
    with _run.reading_from(open_store(settings)):
        yield settings


@pytest.fixture
def ledger(tmp_path) -> Engine:
    engine = open_ledger(replace(load_settings({}), data_dir=tmp_path))
    scenarios.create_tables(engine)
    yield engine
    engine.dispose()


def context(role: str = "planner", lang: str = "zh", **query: str) -> RequestContext:
    scope = GrantedScope(role, role, frozenset(), "internal", ROLES[role].actions)
    return RequestContext(scope, lang, "light", Visitor(role, role, role, False, False), query)


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_without_edits_the_card_shows_the_present_state(town) -> None:
    view = draw(context(), (), Choice(minutes=5), None)
    assert "现状" in text(view.card)
    assert view.answer["edits"] == []
    assert view.answer["query"] == "minutes=5"
    assert view.overlays["cells"]["cells"]["value"] == []


def test_an_edit_moves_cells_and_people_and_stays_in_the_address(town) -> None:
    edits = whatif.read_edits([CORNER])
    view = draw(context(), edits, Choice(VenueFilter(frozenset({"fitness_path"})), 5), None)
    cells = view.overlays["cells"]["cells"]
    assert cells["value"]
    assert all(value > 0 for value in cells["value"])
    # Everybody in the town is in one region, so the headline is the sum of the cells.
    assert f"+{round(sum(cells['value'])):,} 人" in text(view.card)
    assert view.overlays["edits"]["features"]["features"][0]["properties"]["tone"] == "gain"
    packed = dict(part.split("=", 1) for part in view.answer["query"].split("&"))
    again = asked(context(**packed), None)
    assert again.edits == edits
    assert again.choice == Choice(VenueFilter(frozenset({"fitness_path"})), 5)
    assert "全民健身路径" in text(view.edits)
    assert "500 平方米" in text(view.edits)


def test_what_does_not_count_says_why_and_is_muted(town) -> None:
    view = draw(context(lang="en"), whatif.read_edits([CORNER]), Choice(VenueFilter(frozenset({"gym"}))), None)
    assert "Does not count" in text(view.edits)
    assert view.overlays["edits"]["features"]["features"][0]["properties"]["tone"] == "muted"


def test_every_kind_of_edit_is_said_and_drawn(town) -> None:
    entries = [
        {**CORNER, "entrances": [[LON, LAT], [LON + STEP, LAT]], "opening_hours": "24/7", "fee_policy": "free"},
        {"kind": "close_venue", "venue_index": 0},
        {"kind": "move_venue", "venue_index": 1, "lon": LON, "lat": LAT + 4 * STEP},
        {"kind": "change_venue", "venue_index": 2, "fee_policy": "paid", "is_lit": True},
        {"kind": "open_gate", "venue_index": 3, "lon": LON, "lat": LAT},
        {"kind": "add_link", "from": [LON, LAT], "to": [LON + 3 * STEP, LAT + 3 * STEP]},
    ]
    view = draw(context(), whatif.read_edits(entries), Choice(), None)
    words = text(view.edits)
    for part in ("新增场地", "2 个出入口", "全天开放", "关闭场地", "迁移场地", "收费", "有灯光", "增开出入口", "米"):
        assert part in words
    # Six symbols and two clicked entrances; the move, the gate and the link are lines.
    assert len(view.overlays["edits"]["features"]["features"]) == 8
    assert len(view.overlays["links"]["features"]["features"]) == 3


def test_an_impossible_edit_is_refused_in_the_readers_language(town) -> None:
    far = whatif.read_edits([{**CORNER, "lon": LON + 3}])
    with pytest.raises(WordedError) as refused:
        draw(context(), far, Choice(), None)
    assert "第 1 项" in said(refused.value, "zh")
    assert "edit 1" in said(refused.value, "en")
    assert said(UsageError("No.", fix="Do."), "zh") == "No. Do."


def test_a_garbled_address_opens_an_empty_scenario_and_says_so(town, ledger) -> None:
    start = asked(context(edits="1garbled", minutes="15"), ledger)
    assert start.edits == ()
    assert start.choice.minutes == 15
    assert "地址" in start.refused
    assert asked(context(scenario="0" * 32), ledger).refused


def test_a_scenario_is_kept_in_versions_renamed_shared_and_deleted(town, ledger) -> None:
    planner, sent = context(), {"edits": [CORNER]}
    choice = Choice(VenueFilter(fee_code="free", at=WeekTime(1, 1140, 11)), 15)
    key = save_scenario(planner, ledger, choice, name="一", edits=sent, opened=None)
    assert save_scenario(planner, ledger, choice, name="一", edits=sent, opened=key) == key
    assert save_scenario(planner, ledger, choice, name="二", edits=sent, opened=key) != key
    start = asked(context(scenario=key), ledger)
    assert start.opened.version_count == 2
    assert start.choice == choice
    assert start.edits == whatif.read_edits([CORNER])
    change_saved(planner, ledger, {"act": "rename", "id": key}, {key: "新名"})
    change_saved(planner, ledger, {"act": "share", "id": key}, {})
    analyst = scenarios.list_for(ledger, context("analyst").scope)
    assert [entry.scenario_name for entry in analyst] == ["新名"]
    drawn = text(scenario_list(analyst, may_save=True, lang="zh"))
    assert "planner 共享" in drawn
    assert "scenario-act" not in drawn
    change_saved(planner, ledger, {"act": "unshare", "id": key}, {})
    assert scenarios.list_for(ledger, context("analyst").scope) == []
    change_saved(planner, ledger, {"act": "delete", "id": key}, {})
    assert [entry.scenario_name for entry in scenarios.list_for(ledger, planner.scope)] == ["二"]
    with pytest.raises(UsageError):
        change_saved(planner, ledger, {"act": "paint", "id": key}, {})
    with pytest.raises(AccessDenied):
        save_scenario(context("leader"), ledger, choice, name="三", edits=sent, opened=None)


def test_scenarios_stand_side_by_side_and_the_better_one_is_named(town, ledger) -> None:
    planner, choice = context(), Choice(VenueFilter(frozenset({"fitness_path"})), 5)
    good = save_scenario(planner, ledger, choice, name="补一处", edits={"edits": [CORNER]}, opened=None)
    closing = whatif.encode_edits(whatif.read_edits([{"kind": "close_venue", "venue_index": 2}]))
    keys = [f"s{good}", key_of_link(f"https://host/planning?minutes=5&edits={closing}")]
    assert asked_keys(context(compare=",".join([*keys, "x1", *keys]))) == keys
    assert first_choice(context(), ledger, keys) == choice
    assert first_choice(context(minutes="15"), ledger, keys).minutes == 15
    assert [option["value"] for option in options(planner, ledger, keys)] == keys
    tables, overlays, switch = compared(planner, ledger, keys, choice)
    drawn = text(tables)
    assert "补一处" in drawn
    assert "最优" in drawn
    assert len(overlays) == len(switch) == 2
    assert "至少两个" in text(compared(planner, ledger, keys[:1], choice)[0])
    missing = compared(planner, ledger, [*keys, "s" + "0" * 32], choice)[0]
    assert "没有这个情景" in text(missing)


@pytest.mark.parametrize(
    ("scores", "winner"), [((3, 1), 0), ((1, 1), None), ((0, 2, 2), None), ((), None), ((5,), None)]
)
def test_a_row_names_its_one_best(scores, winner) -> None:
    assert Line("", "", [""] * len(scores), scores).winner == winner


def test_the_controls_say_what_the_address_says() -> None:
    values = (10, ["gym"], "low", "2", "18:30", "12", False)
    choice = choice_of_controls(*values)
    assert choice_of_address(choice.query) == choice
    assert len(values) == len(controls("x"))
    words = choice_words(choice, "zh")
    for part in ("10 分钟圈", "健身房", "免费或低收费", "周三", "18:30", "不含学校"):
        assert part in words
    assert choice_of_controls("5", None, "all", "any", None, None, True) == Choice(minutes=5)
    with pytest.raises(UsageError):
        choice_of_controls("7", None, "all", "any", None, None, True)
    assert choice_of_address({"minutes": "x", "fee": "y"}) == Choice()


def test_changes_have_signs_and_shares_as_many_digits_as_they_need() -> None:
    assert (show_change(1234.4, "zh"), show_change(-5.6, "en"), show_change(0.2, "zh")) == ("+1,234", "−6", "0")
    assert share_pair(0.5, 0.6, "zh") == ("50.0%", "60.0%")
    assert share_pair(0.5, 0.50002, "zh") == ("50.000%", "50.002%")
    assert share_pair(0.5, 0.5, "zh") == ("50.0%", "50.0%")
    assert Change("x", "x", 0, 0, 0).share("before") is None


def test_the_card_of_a_venue_offers_what_can_be_done_to_it(town) -> None:
    drawn = text(place_card(context(), {"kind": "venue", "id": 1}, "10"))
    for act in ("close_venue", "move_venue", "change_venue", "open_gate"):
        assert f'"data-planning-act": "{act}"' in drawn
    assert place_card(context(), {"kind": "region", "id": "x"}, "10") is None
    assert place_card(context(), {"kind": "venue", "id": True}, "10") is None
    assert "没有这个对象" in text(place_card(context(), {"kind": "venue", "id": 999}, "10"))


def test_the_browser_gets_every_word_that_it_writes() -> None:
    words = page_words("en")
    assert "{venue}" in words["hint_move_venue_2"]
    assert "{count}" in words["hint_add_venue_more"]
