from __future__ import annotations

import pytest

from warehouse.queries import search
from warehouse.queries.search import Found

HITS = [
    Found("region", "320500", "苏州市", "city", "320500"),
    Found("venue", "17", "<b>园区</b>游泳馆", "swimming", "苏州工业园区", 120.7, 31.3),
]


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    questions: list[tuple] = []

    def find(scope, text, lang, limit):
        questions.append((scope.role_code, text, lang))
        return HITS if text else []

    monkeypatch.setattr(search, "find", find)
    return questions


def test_hits_are_named_placed_and_lead_to_the_map(sign_in, asked) -> None:
    found = sign_in("planner").get("/api/search?text=苏州").json
    assert found == {
        "regions": [{"name": "苏州市", "detail": "设区市 · 320500", "path": "/map?region=320500"}],
        "venues": [{"name": "<b>园区</b>游泳馆", "detail": "游泳 · 苏州工业园区", "path": "/map?venue=17"}],
    }
    assert asked == [("planner", "苏州", "zh")]


def test_an_empty_question_finds_nothing(sign_in, asked) -> None:
    assert sign_in("planner").get("/api/search").json == {"regions": [], "venues": []}


def test_the_language_is_that_of_the_visitor(server, sign_in, asked) -> None:
    client = sign_in("planner")
    client.set_cookie("som_lang", "en")
    found = client.get("/api/search?text=x").json
    client.delete_cookie("som_lang")
    assert found["regions"][0]["detail"] == "City · 320500"
    assert asked[-1][2] == "en"


def test_without_a_snapshot_the_answer_is_a_plain_503(sign_in) -> None:
    answer = sign_in("planner").get("/api/search?text=x")
    assert answer.status_code == 503
    assert answer.json["code"] == "NO_SNAPSHOT"
