from __future__ import annotations

import pytest

from kernel.scope import GrantedScope
from warehouse.queries import search
from warehouse.queries.search import Found
from warehouse.queries.search_catalogue import BEGINS, BESIDE, EXACT, HOLDS, find_entries, match_rank

REGIONS = [Found("region", "320500", "苏州市", "city", "320500")]
VENUES = [Found("venue", "17", "<b>园区</b>游泳馆", "swimming", "苏州工业园区", 120.7, 31.3)]
ALL = frozenset({"data.view"})


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    questions: list[tuple] = []

    def finds(hits):
        def find(scope, text, lang, limit):
            questions.append((scope.role_code, text, lang))
            return hits

        return find

    monkeypatch.setattr(search, "find_regions", finds(REGIONS))
    monkeypatch.setattr(search, "find_venues", finds(VENUES))
    return questions


def groups(client, text: str) -> dict[str, list[dict[str, str]]]:
    return {group["code"]: group["items"] for group in client.get(f"/api/search?text={text}").json["groups"]}


def test_hits_are_named_placed_and_lead_to_the_map(sign_in, asked, served_town) -> None:
    found = groups(sign_in("planner"), "苏州")
    assert found["regions"] == [
        {"name": "苏州市", "detail": "设区市 · 320500", "path": "/map?region=320500", "code": "320500"}
    ]
    assert found["venues"] == [{"name": "<b>园区</b>游泳馆", "detail": "游泳 · 苏州工业园区", "path": "/map?venue=17"}]
    assert ("planner", "苏州", "zh") in asked


def test_an_empty_question_finds_nothing(sign_in, asked) -> None:
    assert sign_in("planner").get("/api/search").json == {"groups": []}
    assert sign_in("planner").get("/api/search?text=%20").json == {"groups": []}


def test_the_language_is_that_of_the_visitor(server, sign_in, asked, served_town) -> None:
    client = sign_in("planner")
    client.set_cookie("som_lang", "en")
    found = client.get("/api/search?text=x").json["groups"]
    client.delete_cookie("som_lang")
    regions = next(group for group in found if group["code"] == "regions")
    assert (regions["title"], regions["items"][0]["detail"]) == ("Regions", "City · 320500")


def test_without_a_snapshot_the_answer_is_a_plain_503(sign_in) -> None:
    answer = sign_in("planner").get("/api/search?text=x")
    assert answer.status_code == 503
    assert answer.json["code"] == "NO_SNAPSHOT"


def test_datasets_columns_codes_and_exports_are_found_and_lead_somewhere(sign_in, served_town) -> None:
    client = sign_in("planner")
    found = groups(client, "体育场地")
    assert found["datasets"][0]["path"] == "/data/dataset?code=venue"
    by_code = groups(client, "fee_policy")
    assert by_code["columns"][0]["path"] == "/data/dataset?code=venue&column=fee_policy#columns"
    assert by_code["datasets"][0]["code"] == "venue"
    assert groups(client, "venue_type")["code_lists"][0]["path"].endswith(
        "code=code_list&list=venue_type#list-venue_type"
    )
    assert groups(client, "标准评分")["exports"][0]["path"] == "/planning/standards"
    order = [group["code"] for group in client.get("/api/search?text=venue").json["groups"]]
    assert order[0] == "datasets", "named exactly so, before what only holds it"


def test_what_one_may_not_take_out_is_not_found(sign_in, served_town) -> None:
    assert "exports" not in groups(sign_in("trainer"), "标准评分")
    assert "datasets" in groups(sign_in("trainer"), "体育场地")


@pytest.mark.parametrize(
    ("typed", "rank"),
    [("venue", EXACT), ("场地", HOLDS), ("体育", BEGINS), ("owner", BESIDE), ("场地 owner", BESIDE), ("nothing", None)],
)
def test_ranks(typed, rank) -> None:
    assert match_rank(typed, ("体育场地", "venue"), "the owner of it") == rank


def test_entries_come_best_first_and_not_too_many(served_town) -> None:
    scope = GrantedScope("a", "planner", frozenset(), "open", ALL)
    found = find_entries(scope, "region_code", "column", 3)
    assert len(found) == 3
    assert all(entry.id.endswith(".region_code") for entry in found)
    assert find_entries(scope, "VENUE", "dataset", 5)[0].id == "venue"
    assert find_entries(scope, "x" * 500, "dataset", 5) == []


def test_indicators_open_on_the_page_of_their_system(sign_in, asked, served_town) -> None:
    found = groups(sign_in("planner"), "巡检按期率")["indicators"]
    assert found[0] == {
        "name": "巡检按期率",
        "detail": "场地设施",
        "path": "/monitoring/facilities?indicator=inspection_on_time_pct",
        "code": "inspection_on_time_pct",
    }
    assert "indicators" not in groups(sign_in("administrator"), "巡检按期率")
