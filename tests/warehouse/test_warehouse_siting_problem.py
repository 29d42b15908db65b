"""The model of a search for sites on a town of 36 cells, against costs searched one place at a time."""

from __future__ import annotations

import json

import numpy as np
import pytest

from access.policy import system_scope
from analytics.accessibility import group_limits
from geodata.network import COORDINATE_SCALE, UNIT_S
from kernel.errors import AccessDenied, WordedError
from tests.small_town import LAT, LON, STEP
from tests.warehouse.siting_town import ASKED, PLANNER, WHOLE, costs_from, swimmers_cost
from warehouse.queries import _run, siting_candidates, siting_problem
from warehouse.queries.reach import network
from warehouse.queries.siting_ground import limit_of, read_ground, squares
from warehouse.queries.siting_problem import build_problem, demand_of
from warehouse.queries.siting_request import MODELS, read_request
from warehouse.queries.venue_filter import read_filter
from warehouse.snapshot import open_store


@pytest.fixture
def served(published):
    with _run.reading_from(open_store(published)):
        yield


def asked(**changes):
    return read_request({**ASKED, **changes})


def test_demand_is_who_lives_beyond_the_existing_venues(served):
    request = asked()
    demand = demand_of(request, read_ground(PLANNER, request))
    beyond = np.flatnonzero(swimmers_cost() > 15_000)
    assert 0 < len(beyond) < 36
    assert demand.cell.tolist() == beyond.tolist()
    assert demand.weight.tolist() == _run.array("cell")["residents"][beyond, 0].tolist()


@pytest.mark.parametrize("model", [model for model in MODELS if model != "p_median"])
def test_pairs_are_the_walks_from_each_candidate_within_the_limit(served, model):
    more = {"budget": 10.0, "prices": {"free_cells": 2.0}, "capacity": 30.0}
    prepared = build_problem(PLANNER, asked(model=model, **more))
    problem, limit = prepared.problem, 65_533 if model == "p_center" else 15_000
    assert len(prepared.candidates) >= 3
    for number, row in enumerate(prepared.candidates.table.iter_rows(named=True)):
        cost = costs_from(row["lon"], row["lat"])[prepared.cell]
        near = np.flatnonzero(cost <= limit)
        span = slice(problem.start[number], problem.start[number + 1])
        assert problem.demand[span].tolist() == near.tolist()
        assert problem.cost[span] == pytest.approx(cost[near] * UNIT_S / 60)
    covered = prepared.problem.weight[: len(prepared.cell)][prepared.reachable[: len(prepared.cell)]].sum()
    assert 0 < covered <= problem.weight.sum()


def test_free_candidates_are_the_best_corner_of_each_square(served):
    request = asked()
    ground = read_ground(PLANNER, request)
    prepared = build_problem(PLANNER, request)
    streets, demand = network(), demand_of(request, ground)
    best: dict[int, float] = {}
    node = siting_candidates.street_nodes(ground)
    places = streets.node_lon[node] / COORDINATE_SCALE, streets.node_lat[node] / COORDINATE_SCALE
    for square, at in zip(squares(*places, 200), zip(*places, strict=True), strict=True):
        here = demand.weight[costs_from(*at)[demand.cell] <= 15_000].sum()
        best[int(square)] = max(best.get(int(square), 0.0), here)
    assert sorted(prepared.candidates.table["score"].to_list()) == sorted(value for value in best.values() if value > 0)


def test_a_median_knows_the_venues_that_are_there(served):
    prepared = build_problem(PLANNER, asked(model="p_median"))
    problem = prepared.problem
    assert problem.candidate_count == len(prepared.candidates) + 1
    assert problem.must.tolist() == [False] * len(prepared.candidates) + [True]
    span = slice(problem.start[-2], problem.start[-1])
    near = swimmers_cost()[prepared.cell]
    assert problem.demand[span].tolist() == np.flatnonzero(near <= 45_000).tolist()
    assert problem.cost[span] == pytest.approx(near[near <= 45_000] * UNIT_S / 60)
    assert len(prepared.cell) == 36
    assert prepared.penalty_minutes == pytest.approx(15.0)


def test_equity_counts_those_who_are_served_already(served):
    prepared = build_problem(PLANNER, asked(model="equity"))
    problem = prepared.problem
    groups = problem.start[-1] - problem.start[-2]
    assert groups == problem.demand_count - len(prepared.cell)
    assert problem.weight.sum() == pytest.approx(_run.array("cell")["residents"][:, 0].sum())
    people = _run.array("cell")["residents"][:, 0]
    assert problem.weight[len(prepared.cell) :].sum() == pytest.approx(people[swimmers_cost() <= 15_000].sum())


def test_a_slower_group_reaches_less_and_takes_longer(served):
    prepared = build_problem(PLANNER, asked(group="wheelchair"))
    limit = int(group_limits([5])[0, 5])
    assert limit_of("wheelchair", 5) == limit < 15_000
    row = prepared.candidates.table.row(0, named=True)
    cost = costs_from(row["lon"], row["lat"])[prepared.cell]
    span = slice(0, prepared.problem.start[1])
    assert prepared.problem.demand[span].tolist() == np.flatnonzero(cost <= limit).tolist()
    assert prepared.problem.cost[span] == pytest.approx(cost[cost <= limit] * UNIT_S / 60 * 4.8 / 3.0)


def test_picked_places_become_candidates_and_barred_ones_stay_out(served):
    at = [LON + 5 * STEP, LAT + 0.2 * STEP]
    prepared = build_problem(PLANNER, asked(must=[at], must_not=[[LON, LAT + 5 * STEP]]))
    table = prepared.candidates.table
    assert table.filter(kind="must").select("lon", "lat").row(0) == (pytest.approx(at[0]), pytest.approx(at[1]))
    assert prepared.problem.must.sum() == 1
    barred = table.filter("is_barred")
    assert barred.height == prepared.problem.must_not.sum() > 0
    assert (np.hypot((barred["lon"] - LON) * 94_000, (barred["lat"] - LAT - 5 * STEP) * 111_000) < 320).all()


def test_listed_places_bring_their_price_capacity_and_name(served):
    listed = [
        [LON + 5 * STEP, LAT, "甲", 3.0, 40.0],
        [LON, LAT + 5 * STEP, "乙", None, None],
        [10.0, 10.0, "远", 1.0, 1.0],
    ]
    request = asked(kinds=["list"], listed=listed, model="budget", budget=5.0, prices={"list": 2.0})
    prepared = build_problem(PLANNER, request)
    assert prepared.candidates.table["name"].to_list() == ["甲", "乙"]
    assert prepared.problem.price.tolist() == [3.0, 2.0]
    capacitated = build_problem(PLANNER, asked(kinds=["list"], listed=listed, model="capacitated", capacity=25.0))
    assert capacitated.problem.capacity.tolist() == [40.0, 25.0]
    with pytest.raises(WordedError) as refused:
        build_problem(PLANNER, asked(kinds=["list"], listed=listed, model="budget", budget=5.0))
    assert refused.value.key == "siting.price_missing"


def test_hosts_are_open_outdoor_venues_with_their_own_doors(served):
    prepared = build_problem(
        PLANNER, asked(kinds=["parks"], minutes=10, area=ASKED["area"], filter={"categories": "volleyball"})
    )
    row = prepared.candidates.table.row(0, named=True)
    assert (row["kind"], row["name"], len(prepared.candidates)) == ("parks", "步道", 1)
    cost = costs_from(row["lon"], row["lat"])
    assert prepared.problem.demand.tolist() == np.flatnonzero(cost <= 30_000).tolist()


def test_residents_can_be_gathered_without_losing_any(served):
    fine, coarse = (build_problem(PLANNER, asked(detail_m=detail)) for detail in (0, 250))
    assert coarse.problem.demand_count < fine.problem.demand_count
    assert coarse.problem.weight.sum() == pytest.approx(fine.problem.weight.sum())
    assert set(coarse.cell) <= set(fine.cell)
    assert np.all(np.diff(coarse.cell) > 0)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"area": {"ring": [[1, 1], [2, 1], [2, 2]]}}, "siting.area_empty"),
        ({"area": {"ring": [WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]]}}, "siting.ring_crossed"),
        ({"area": {"region": "320500"}}, "siting.area_unknown"),
        ({"filter": {}, "minutes": 15}, "siting.all_served"),
        ({"group": "child"}, "siting.group_unknown"),
        ({"kinds": ["schools"]}, "siting.no_candidates"),
        ({"must": [[10.0, 10.0]]}, "siting.no_street"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(served, changes, key):
    with pytest.raises(WordedError) as refused:
        build_problem(PLANNER, asked(**changes))
    assert refused.value.key == key
    assert all(refused.value.said("zh"))


def test_too_many_places_and_pairs_are_refused(served, monkeypatch):
    monkeypatch.setattr(siting_problem, "MOST_PAIRS", 3)
    with pytest.raises(WordedError) as refused:
        build_problem(PLANNER, asked())
    assert refused.value.key == "siting.too_many_pairs"
    monkeypatch.setattr(siting_problem, "MOST_DEMAND", 3)
    with pytest.raises(WordedError) as refused:
        build_problem(PLANNER, asked())
    assert refused.value.key == "siting.too_many_cells"


def test_only_the_most_promising_candidates_are_kept_when_there_are_many(served, monkeypatch):
    every = build_problem(PLANNER, asked()).candidates
    monkeypatch.setattr(siting_candidates, "MOST_CANDIDATES", 2)
    some = build_problem(PLANNER, asked(must=[[LON, LAT]])).candidates
    assert len(some) == 2
    assert some.left_out == len(every) - 1
    assert some.table["is_must"].sum() == 1
    assert some.table.filter(~some.table["is_must"])["score"].to_list() == [every.table["score"].max()]


def test_whoever_may_not_read_cells_gets_nothing(served):
    with pytest.raises(AccessDenied):
        build_problem(system_scope(), asked())


@pytest.mark.parametrize("model", MODELS)
def test_a_request_survives_json(model):
    more = {
        "budget": 9.5,
        "prices": {"free_cells": 2.0, "list": 1.5},
        "kinds": ["list", "free_cells"],
        "listed": [[118.8, 32.05, "甲", None, 5.0]],
        "must": [[118.8, 32.05]],
        "years": [[2026, 1.0], [2027, 2.0]],
        "capacity": 100.0,
        "equity": "groups",
    }
    request = asked(model=model, **more)
    assert read_request(json.loads(json.dumps(request.payload))) == request
    assert request.venue_filter == read_filter({"categories": "swimming"})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"model": "magic"}, "siting.field"),
        ({"area": None}, "siting.area_missing"),
        ({"area": {"ring": [[1, 1], [2, 2]]}}, "siting.ring_short"),
        ({"area": {"ring": [[1, 1]] * 501}}, "siting.too_many_points"),
        ({"count": 0}, "siting.range"),
        ({"count": 1.5}, "siting.field"),
        ({"count": True}, "siting.field"),
        ({"count": float("nan")}, "siting.field"),
        ({"minutes": 7}, "siting.field"),
        ({"group": "giants"}, "siting.field"),
        ({"kinds": []}, "siting.kinds_missing"),
        ({"kinds": ["moon"]}, "siting.field"),
        ({"kinds": ["list"]}, "siting.list_missing"),
        ({"kinds": ["list"], "listed": [[1, 2, "x"]]}, "siting.field"),
        ({"kinds": ["list"], "listed": [[1, 2, "x", -1, None]]}, "siting.range"),
        ({"must": [[200, 1]]}, "siting.field"),
        ({"must": [["a", 1]]}, "siting.field"),
        ({"years": [[2027, 1], [2026, 1]]}, "siting.years_order"),
        ({"years": [[2027, 1.5]]}, "siting.field"),
        ({"model": "budget"}, "siting.field"),
        ({"model": "budget", "budget": -1.0, "prices": {"free_cells": 1.0}}, "siting.range"),
        ({"filter": 3}, "siting.field"),
        ({"venue_type_code": ""}, "siting.field"),
    ],
)
def test_a_request_that_is_wrong_names_its_part(changes, key):
    with pytest.raises(WordedError) as refused:
        asked(**changes)
    assert refused.value.key == key
