"""The page for the best sites on the small town: it queues what can be met, refuses the rest, shows what came out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.request import RequestContext, Visitor
from components.siting_form import DEFAULTS, FIELDS
from jobs.siting import JOB
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from ledger import candidate_lists, job_queue
from pages import siting
from tests.small_town import LAT, LON, STEP, copied_town
from warehouse.queries import _run
from warehouse.snapshot import open_store

VISITOR = Visitor("ann", "planner", "planner", is_demo=True, must_change_password=False)
ACTIONS = frozenset({"planning.view", "planning.solve", "map.view"})
PLANNER = GrantedScope("ann", "planner", frozenset(), "internal", ACTIONS)
CONTEXT = RequestContext(PLANNER, "zh", "light", VISITOR)
FORM = {
    **DEFAULTS,
    "region": "000000",
    "categories": ["swimming"],
    "type": "B10",
    "minutes": "5",
    "count": 2,
    "spacing": "200",
}


@pytest.fixture(scope="module")
def town(published_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return copied_town(published_town, tmp_path_factory.mktemp("siting") / "var")


@pytest.fixture
def engine(town: Settings, server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(siting, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(town)), server.app_context():
        yield server.extensions["ledger"]
        with server.extensions["ledger"].begin() as connection:
            for table in reversed(job_queue.METADATA.sorted_tables):
                connection.execute(table.delete())


def started(**changes: Any) -> tuple[Any, str]:
    form = {**FORM, **changes}
    return siting.start.__wrapped__(1, *[form[name] for name in FIELDS])


def worked_off(engine: Any) -> None:
    """Do the next job as the runner does, in this process."""
    # Tests of other pages may have asked for builds in the same ledger.
    while (job := job_queue.claim(engine)).code != "siting":
        job_queue.finish(engine, job.job_id, "failed", message={"key": "jobs.unexpected", "values": {}})
    job_queue.finish(engine, job.job_id, "done", result=JOB.run(PLANNER, job.request, lambda *_: True))


def test_a_search_is_queued_watched_and_shown(engine) -> None:
    asked, refusal = started()
    assert refusal == ""
    progress, is_hidden, is_still, ended = siting.watch.__wrapped__(1, asked)
    assert (is_hidden, is_still, ended) == (False, False, None)
    assert "排队" in str(progress)
    worked_off(engine)
    assert siting.watch.__wrapped__(2, asked) == ([], True, True, asked["id"])
    card, drawn, look = siting.show_result.__wrapped__(asked["id"])
    assert "已证明最优" in str(card)
    assert len(drawn["sites"]["features"]["features"]) == 2
    assert set(look) == {"box"}
    assert asked["id"] in str(siting.show_history.__wrapped__(asked, asked["id"]))
    context = replace(CONTEXT, query={"job": asked["id"]})
    assert json.dumps(siting.layout(context).to_plotly_json(), default=lambda part: part.to_plotly_json())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": 900}, "候选地点最多只有"),
        ({"years": "soon"}, "看不懂"),
        ({"categories": [], "type": "E10", "minutes": "15"}, "没有需要补的缺口"),
        ({"type": "C10"}, "不符合"),
        ({"model": "budget", "budget": 1, "price_free_cells": 5}, "低于最便宜"),
        ({"kinds": ["list"], "list": "0" * 32}, "上传"),
        ({"ring": [[1, 1], [2, 2]]}, "三个"),
    ],
)
def test_what_cannot_be_met_is_said_and_nothing_is_queued(engine, changes, words) -> None:
    _, refusal = started(**changes)
    assert words in refusal
    assert job_queue.list_for(engine, PLANNER) == []


def test_an_uploaded_list_becomes_part_of_the_request(engine) -> None:
    list_id = candidate_lists.save(engine, PLANNER, "x.csv", [[LON + 5 * STEP, LAT, "甲", None, None]])
    asked, refusal = started(kinds=["list"], list=list_id, count=1)
    assert refusal == ""
    worked_off(engine)
    (site,) = job_queue.load_result(engine, PLANNER, asked["id"])["sites"]
    assert (site["name"], site["kind"]) == ("甲", "list")


def test_a_search_is_cancelled_by_its_owner_only(engine) -> None:
    asked, _ = started()
    other = GrantedScope("bob", "planner", frozenset(), "internal", ACTIONS)
    with pytest.raises(WordedError):
        job_queue.ask_cancel(engine, other, asked["id"])
    siting.cancel.__wrapped__(1, asked)
    progress, _, is_still, ended = siting.watch.__wrapped__(2, asked)
    assert "已取消" in str(progress)
    assert (is_still, ended) == (True, asked["id"])
    card, drawn, _ = siting.show_result.__wrapped__(asked["id"])
    assert drawn == {}
    assert "hint" in str(card)


def test_marginal_gains_are_drawn_when_asked_for(engine) -> None:
    values = [FORM[name] for name in FIELDS]
    drawn = siting.show_marginal.__wrapped__(True, *values)
    assert max(drawn["marginal"]["cells"]["value"]) > 0
    assert siting.show_marginal.__wrapped__(False, *values) == {}


def test_without_a_search_the_page_asks_for_one(engine) -> None:
    assert siting.watch.__wrapped__(0, None)[:3] == ([], True, True)
    assert siting.show_result.__wrapped__(None)[1] == {}
    assert "/planning/siting" in str(siting.PAGE)
    page = siting.layout(replace(CONTEXT, query={"job": "0" * 32}))
    assert "siting-start" in json.dumps(page.to_plotly_json(), default=lambda part: part.to_plotly_json())
