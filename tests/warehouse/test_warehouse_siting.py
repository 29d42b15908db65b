"""The search for sites on a town of 36 cells: answers against trying every set, figures against a second count."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest

from access.policy import system_scope
from analytics.siting.problem import silent
from kernel.errors import AccessDenied, WordedError
from tests.small_town import LAT, LON, STEP
from tests.warehouse.siting_town import ASKED, PLANNER, WHOLE, costs_from, swimmers_cost
from warehouse.queries import _run, siting
from warehouse.queries.siting_problem import build_problem
from warehouse.queries.siting_request import MODELS, read_request
from warehouse.snapshot import open_store

MORE = {
    "budget": {"budget": 5.0, "prices": {"free_cells": 2.0}},
    "capacitated": {"capacity": 60.0},
    "p_center": {"count": 3},
}


@pytest.fixture
def served(published):
    with _run.reading_from(open_store(published)):
        yield


def asked(model: str = "mclp", **changes):
    return {**ASKED, **MORE.get(model, {}), **changes, "model": model}


def people() -> np.ndarray:
    return _run.array("cell")["residents"][:, 0].astype(float)


def best_sets(size: int):
    """Return residents newly covered by every set of so many candidates of the town."""
    table = build_problem(PLANNER, read_request(asked())).candidates.table
    reach = [costs_from(*at) <= 15_000 for at in table.select("lon", "lat").iter_rows()]
    unserved = swimmers_cost() > 15_000
    return {
        chosen: people()[unserved & np.any([reach[k] for k in chosen], axis=0)].sum()
        for chosen in combinations(range(len(reach)), size)
    }


def test_the_answer_is_the_best_of_all_sets_and_says_so(served):
    result = siting.solve(PLANNER, asked())
    best = max(best_sets(2).values())
    found = result["certificate"]
    assert found["objective"] == found["bound"] == pytest.approx(best)
    assert (found["gap"], found["outcome"], found["unit"]) == (0.0, "optimal", "residents")
    assert len(result["sites"]) == 2


def test_a_budget_buys_the_best_set_that_it_pays(served):
    result = siting.solve(PLANNER, asked("budget"))
    assert result["certificate"]["objective"] == pytest.approx(max(best_sets(2).values()))
    assert [site["price"] for site in result["sites"]] == [2.0, 2.0]


def test_as_few_sites_as_it_takes_cover_all_that_can_be_covered(served):
    result = siting.solve(PLANNER, asked("lscp"))
    size = int(result["certificate"]["objective"])
    reachable = result["sizes"]["unserved"] - result["sizes"]["out_of_reach"]
    assert max(best_sets(size).values()) == pytest.approx(reachable)
    assert max(best_sets(size - 1).values()) < reachable - 0.5
    assert sum(site["gained"]["everyone"] for site in result["sites"]) == pytest.approx(reachable)


def test_the_shortest_average_walk_counts_the_venues_that_are_there(served):
    result = siting.solve(PLANNER, asked("p_median"))
    table = build_problem(PLANNER, read_request(asked("p_median"))).candidates.table
    walks = np.array([costs_from(*at) for at in table.select("lon", "lat").iter_rows()])
    today = np.minimum(swimmers_cost().astype(float), 45_000)
    means = [
        (np.minimum(today, walks[list(chosen)].min(axis=0)) * people()).sum() / people().sum() / 3_000
        for chosen in combinations(range(len(walks)), 2)
    ]
    assert result["certificate"]["objective"] == pytest.approx(min(means))
    assert result["certificate"]["notes"]["mean_before"] == pytest.approx(
        (today * people()).sum() / people().sum() / 3_000
    )


def test_the_longest_walk_is_the_shortest_possible(served):
    result = siting.solve(PLANNER, asked("p_center"))
    table = build_problem(PLANNER, read_request(asked("p_center"))).candidates.table
    walks = np.array([costs_from(*at) for at in table.select("lon", "lat").iter_rows()])
    unserved = swimmers_cost() > 15_000
    longest = [walks[list(chosen)].min(axis=0)[unserved].max() / 3_000 for chosen in combinations(range(len(walks)), 3)]
    assert result["certificate"]["objective"] == pytest.approx(min(longest))


@pytest.mark.parametrize("model", MODELS)
def test_before_and_after_are_counted_anew_and_add_up(served, model):
    result = siting.solve(PLANNER, asked(model))
    (total,) = [row for row in result["coverage"] if row["group"] == "everyone" and row["region_code"] is None]
    before, walks = swimmers_cost(), [costs_from(site["lon"], site["lat"]) for site in result["sites"]]
    assert total["residents"] == pytest.approx(people().sum())
    assert total["before"] == pytest.approx(people()[before <= 15_000].sum())
    after = np.minimum(before, np.min(walks, axis=0))
    assert total["after"] == pytest.approx(people()[after <= 15_000].sum())
    assert sum(site["gained"]["everyone"] for site in result["sites"]) == pytest.approx(
        total["after"] - total["before"]
    )
    assert sorted(result["cells"]["index"]) == np.flatnonzero((before > 15_000) & (after <= 15_000)).tolist()
    assert result["cells"]["count"] == len(result["cells"]["index"])
    assert json.loads(json.dumps(result)) == result


def test_each_site_is_explained_and_tried(served):
    result = siting.solve(PLANNER, asked())
    sets = best_sets(2)
    best = max(sets.values())
    assert result["worlds"] == 200
    for site in result["sites"]:
        assert 0 <= site["stays"] <= 200
        assert site["alone"] >= site["regret"] >= 0
        runner = site["runner_up"]
        assert runner
        other = next(row for row in result["sites"] if row is not site)
        both = np.minimum(costs_from(other["lon"], other["lat"]), costs_from(runner["lon"], runner["lat"]))
        with_runner = people()[(swimmers_cost() > 15_000) & (both <= 15_000)].sum()
        assert site["regret"] == pytest.approx(best - with_runner)


@pytest.mark.parametrize("model", ["equity", "p_center"])
def test_where_most_people_are_not_the_aim_nobody_replaces_a_site(served, model):
    for site in siting.solve(PLANNER, asked(model))["sites"]:
        assert site["runner_up"] is None
        assert site["regret"] == site["alone"] >= 0


def test_years_build_the_same_sites_one_after_the_other(served):
    result = siting.solve(PLANNER, asked(years=[[2026, 1], [2027, 1]]))
    plain = siting.solve(PLANNER, asked())
    places = [{(site["lon"], site["lat"]) for site in found["sites"]} for found in (result, plain)]
    assert places[0] == places[1]
    assert [(site["rank"], site["year"]) for site in result["sites"]] == [(1, 2026), (2, 2027)]
    first = costs_from(result["sites"][0]["lon"], result["sites"][0]["lat"])
    newly = people()[(swimmers_cost() > 15_000) & (first <= 15_000)].sum()
    covered = [row["covered"] for row in result["years"]]
    assert covered == [pytest.approx(newly), pytest.approx(result["certificate"]["objective"])]


def test_the_same_request_gets_the_same_answer(served):
    one, two = (siting.solve(PLANNER, asked(seed=7)) for _ in range(2))
    for result in (one, two):
        for name in ("duration_s", "history"):
            result["certificate"].pop(name)
    assert one == two


def test_progress_rises_and_a_reader_can_stop_the_search(served):
    shares: list[float] = []
    stages: list[str] = []

    def listen(stage, share, objective, bound):
        shares.append(share)
        stages.append(stage)
        return True

    siting.solve(PLANNER, asked(), listen)
    assert shares == sorted(shares)
    assert {"ground", "candidates", "pairs", "worlds", "result"} <= set(stages)
    stopped = siting.solve(PLANNER, asked(), lambda *_: False)
    assert stopped["certificate"]["outcome"] in {"cancelled", "optimal"}


def test_must_and_must_not_are_kept(served):
    free = siting.solve(PLANNER, asked())
    spoilt = [free["sites"][0]["lon"], free["sites"][0]["lat"]]
    corner = [round(LON + 5 * STEP, 6), LAT]
    result = siting.solve(PLANNER, asked(must=[corner], must_not=[spoilt]))
    assert [corner] == [[site["lon"], site["lat"]] for site in result["sites"] if site["is_must"]]
    for site in result["sites"]:
        if not site["is_must"]:
            assert np.hypot((site["lon"] - spoilt[0]) * 94_000, (site["lat"] - spoilt[1]) * 111_000) > 290


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"count": 500}, "siting.too_few_candidates"),
        ({"venue_type_code": "Z99"}, "siting.type_unknown"),
        ({"venue_type_code": "C10"}, "siting.type_not_counted"),
        ({"model": "budget", "budget": 1.0, "prices": {"free_cells": 2.0}}, "siting.budget_low"),
        ({"must": [[10.0, 10.0]]}, "siting.no_street"),
        ({"filter": {}, "venue_type_code": "E10", "minutes": 15}, "siting.all_served"),
        ({"area": {"ring": [[1, 1], [2, 1], [2, 2]]}}, "siting.area_empty"),
        ({"kinds": ["schools"]}, "siting.no_candidates"),
    ],
)
def test_impossible_requests_are_refused_before_they_are_queued(served, changes, key):
    with pytest.raises(WordedError) as refused:
        siting.check(PLANNER, read_request(asked(**changes)))
    assert refused.value.key == key
    assert all(refused.value.said("zh"))


def test_possible_requests_pass_and_rights_are_asked_for(served):
    for model in MODELS:
        siting.check(PLANNER, read_request(asked(model)))
    with pytest.raises(AccessDenied):
        siting.check(system_scope(), read_request(asked()))
    assert WHOLE
    assert silent("x", 0.0, None, None)
