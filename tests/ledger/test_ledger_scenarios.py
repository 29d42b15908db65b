"""Scenarios: every save is kept, only owners change them, shared ones are read by all who plan, nothing else is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from access.accounts import Account
from access.policy import grant
from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from ledger import open_ledger, scenarios


def scope_of(name: str, role: str = "planner") -> GrantedScope:
    return grant(Account(name, name, role, frozenset(), is_demo=True, is_disabled=False, must_change_password=False))


ANN, BOB = scope_of("ann"), scope_of("bob")
EDITS = [{"kind": "close_venue", "venue_index": 12}]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    engine = open_ledger(load_settings({"SPORTSMAP_DATA": str(tmp_path_factory.mktemp("scenarios"))}))
    scenarios.create_tables(engine)
    scenarios.create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(kept):
    with kept.begin() as connection:
        for table in reversed(scenarios.METADATA.sorted_tables):
            connection.execute(table.delete())
    return kept


def saved(engine, scope=ANN, name="关闭一处", edits=EDITS, scenario_id=None, **more) -> str:
    values = {"filter_query": "fee=free", "minutes": 10, "build_id": "000001-abc", "author_name": scope.account_id}
    return scenarios.save(engine, scope, name=name, edits=edits, scenario_id=scenario_id, **(values | more))


def test_what_was_saved_is_read_back(engine) -> None:
    scenario = scenarios.load(engine, ANN, saved(engine))
    assert (scenario.edits, scenario.filter_query, scenario.minutes) == (EDITS, "fee=free", 10)
    assert (scenario.build_id, scenario.version) == ("000001-abc", 1)
    entry = scenario.entry
    assert (entry.scenario_name, entry.author_name, entry.edit_count) == ("关闭一处", "ann", 1)
    assert entry.is_mine
    assert not entry.is_shared


def test_every_save_is_kept(engine) -> None:
    scenario_id = saved(engine)
    assert saved(engine, name="改名", edits=[], scenario_id=scenario_id, build_id="000002-def") == scenario_id
    last, first = scenarios.load(engine, ANN, scenario_id), scenarios.load(engine, ANN, scenario_id, version=1)
    assert (last.version, last.edits, last.build_id, last.entry.scenario_name) == (2, [], "000002-def", "改名")
    assert (first.edits, first.build_id) == (EDITS, "000001-abc")
    assert first.entry.version_count == 2
    with pytest.raises(WordedError):
        scenarios.load(engine, ANN, scenario_id, version=3)


def test_deleting_hides_and_keeps(engine) -> None:
    scenario_id = saved(engine)
    scenarios.share(engine, ANN, scenario_id, is_shared=True)
    scenarios.delete(engine, ANN, scenario_id)
    assert scenarios.list_for(engine, ANN) == scenarios.list_for(engine, BOB) == []
    for act in (scenarios.load, scenarios.delete):
        with pytest.raises(WordedError) as refused:
            act(engine, ANN, scenario_id)
        assert refused.value.key == "whatif.scenario_not_found"
    with engine.begin() as connection:
        assert len(connection.execute(select(scenarios.SCENARIO_VERSION)).all()) == 1


def test_a_scenario_of_others_is_read_only_when_shared_and_never_changed(engine) -> None:
    scenario_id = saved(engine)
    assert scenarios.list_for(engine, BOB) == []
    with pytest.raises(WordedError):
        scenarios.load(engine, BOB, scenario_id)
    scenarios.share(engine, ANN, scenario_id, is_shared=True)
    assert [(entry.scenario_id, entry.is_mine) for entry in scenarios.list_for(engine, BOB)] == [(scenario_id, False)]
    assert scenarios.load(engine, BOB, scenario_id).edits == EDITS
    for act in (
        lambda: saved(engine, BOB, scenario_id=scenario_id),
        lambda: scenarios.rename(engine, BOB, scenario_id, "x"),
        lambda: scenarios.share(engine, BOB, scenario_id, is_shared=False),
        lambda: scenarios.delete(engine, BOB, scenario_id),
    ):
        with pytest.raises(WordedError) as refused:
            act()
        assert refused.value.key == "whatif.scenario_not_found"
    assert scenarios.load(engine, ANN, scenario_id).version == 1
    scenarios.share(engine, ANN, scenario_id, is_shared=False)
    assert scenarios.list_for(engine, BOB) == []


def test_the_list_has_the_last_saved_first_and_follows_names(engine) -> None:
    first, second = saved(engine, name="一"), saved(engine, name="二")
    scenarios.rename(engine, ANN, first, "  三\n号 ")
    assert [entry.scenario_name for entry in scenarios.list_for(engine, ANN)] == ["二", "三 号"]
    assert scenarios.load(engine, ANN, second).entry.scenario_name == "二"


def test_who_may_only_look_saves_nothing(engine) -> None:
    leader, trainer = scope_of("leader", "leader"), scope_of("trainer", "trainer")
    with pytest.raises(AccessDenied):
        saved(engine, leader)
    assert scenarios.list_for(engine, leader) == []
    with pytest.raises(AccessDenied):
        scenarios.list_for(engine, trainer)
    with pytest.raises(AccessDenied):
        scenarios.load(engine, trainer, saved(engine))


@pytest.mark.parametrize("name", ["", "   ", "长" * 61, "a\x07b"])
def test_names_that_cannot_be_shown_are_refused(engine, name) -> None:
    with pytest.raises(WordedError) as refused:
        saved(engine, name=name)
    assert refused.value.key == "whatif.scenario_name"
    assert scenarios.list_for(engine, ANN) == []


def test_what_is_too_large_is_refused_and_changes_nothing(engine, monkeypatch) -> None:
    scenario_id = saved(engine)
    large = [{"kind": "close_venue", "name": "x" * 100} for _ in range(2_500)]
    for values in ({"edits": large}, {"filter_query": "x" * 501}):
        with pytest.raises(WordedError) as refused:
            saved(engine, scenario_id=scenario_id, **values)
        assert refused.value.key == "whatif.scenario_too_large"
    assert scenarios.load(engine, ANN, scenario_id).version == 1
    monkeypatch.setattr(scenarios, "MOST_SCENARIOS", 1)
    with pytest.raises(WordedError) as refused:
        saved(engine)
    assert refused.value.key == "whatif.too_many_scenarios"
    assert "1" in refused.value.said("zh")[0]
    saved(engine, BOB)
    scenarios.delete(engine, ANN, scenario_id)
    saved(engine)
