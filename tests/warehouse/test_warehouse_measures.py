"""Measures of accessibility from a published town: figures recounted by hand, scopes, changes, refusals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
import shapely
from small_town import TOWN_FILES

from analytics.accessibility import catchment_of, group_limits, walking_cost
from analytics.accessibility.floating import decay_weights, venue_share
from analytics.accessibility.inequality import gini
from analytics.accessibility.marginal import at_nodes
from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse.arrays import venue_supply
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.publish import publish
from warehouse.queries import marginal, measures, measures_ground, rational
from warehouse.queries._run import array, reading_from
from warehouse.queries.circles import group_coverage
from warehouse.queries.reach import costs, network, snap_of
from warehouse.queries.venue_filter import VenueFilter
from warehouse.receive import receive
from warehouse.snapshot import open_store

ALL = VenueFilter()
FOOTBALL = VenueFilter(frozenset({"football"}))


def scope(*regions: str, sensitivity: str = "internal") -> GrantedScope:
    return GrantedScope("anybody", "planner", frozenset(regions), sensitivity, frozenset())


@pytest.fixture
def here(published: Settings) -> Iterator[None]:
    with reading_from(open_store(published)):
        yield
    forget()


def forget() -> None:
    """Forget what was answered for other areas of venues."""
    for kept in (measures._floating, measures._regions, measures._population, measures._supply_demand):
        kept.cache_clear()


def root() -> str:
    return next(iter(measures_ground.members(scope())))


def test_areas_come_from_the_delivery_or_stand_in() -> None:
    venue = pl.DataFrame(
        {
            "venue_index": range(6),
            "venue_type_code": ["A", "A", "A", "B", "B", "C"],
            "category_code": ["x", "x", "x", "x", "x", "y"],
            "region_code": ["320102"] * 5 + ["999999"],
            "area_m2": [100.0, 300.0, None, None, None, None],
            "capacity_count": [10, 10, 40, None, 7, None],
        },
        schema_overrides={"area_m2": pl.Float64},
    )
    outline = shapely.to_wkb(shapely.box(118.0, 32.0, 118.1, 32.1))
    region = pl.DataFrame(
        {"region_code": ["320102"], "parent_code": [None], "level": ["county"], "geometry": [outline]},
        schema_overrides={"parent_code": pl.String},
    )
    found = venue_supply.build({"core.venue": venue, "core.region": region})
    # By capacity at 20 m2 a person, the middle of 10 and 30; then the middle of the category, then of all.
    assert found["area_m2"].tolist() == [100.0, 300.0, 800.0, 200.0, 200.0, 200.0]
    assert found["source"].tolist() == [0, 0, 1, 3, 3, 4]
    assert found["region_index"].tolist() == [0, 0, 0, 0, 0, -1]
    assert (found["type_code"].tolist(), found["type_area_m2"].tolist()) == (["A"], [200.0])
    empty = venue_supply.build({"core.venue": venue.with_columns(area_m2=None), "core.region": region})
    assert (empty["area_m2"].sum(), set(empty["source"].tolist())) == (0.0, {venue_supply.UNKNOWN})


def test_reachable_area_by_region_is_that_of_its_cells(here, monkeypatch) -> None:
    supply = np.array([400.0, 600.0, 100.0, 900.0, 50.0])
    monkeypatch.setattr(measures, "supply_of_venues", lambda: measures_ground.Venues(supply, np.zeros(5, np.uint8)))
    forget()
    found = measures.floating(scope(), ALL, decay="gaussian", minutes=5)
    people, access = array("cell")["residents"][:, 0].astype(float), found.access_m2
    row = found.regions.filter(pl.col("region_code") == root()).row(0, named=True)
    assert row["resident_count"] == people.sum()
    assert row["mean_m2_per_resident"] == pytest.approx((people * access).sum() / people.sum())
    assert row["mean_m2_per_resident"] == pytest.approx(supply.sum() / people.sum())  # all is in somebody's reach
    assert row["residents_without"] == people[access == 0].sum()
    assert row["gini"] == pytest.approx(gini(access, people))
    curve = measures.lorenz_curve(scope(), ALL, root(), decay="gaussian", minutes=5)
    height = curve["area_share"].to_numpy()
    area = ((height[1:] + height[:-1]) / 2).sum() / (len(height) - 1)
    assert 1 - 2 * area == pytest.approx(row["gini"], abs=2e-3)
    assert np.all(np.diff(height) >= 0)


def test_closing_a_venue_and_opening_it_elsewhere_follows_at_once(here, monkeypatch) -> None:
    supply = np.array([400.0, 600.0, 100.0, 900.0, 50.0])
    monkeypatch.setattr(measures, "supply_of_venues", lambda: measures_ground.Venues(supply, np.zeros(5, np.uint8)))
    forget()
    entrance, weight = array("entrance"), decay_weights("steps", 15_000)
    people, index = measures_ground.residents(), measures_ground.cell_index()
    doors = snap_of(entrance, entrance["venue_index"] == 3)
    cell, cost = catchment_of(network(), index, doors, limit=15_000)
    part = venue_share(cell, cost, 900.0, people, weight)
    moved, moved_cost = catchment_of(network(), index, at_nodes(network(), [0]), limit=15_000)
    new_part = venue_share(moved, moved_cost, 500.0, people, weight)
    change = np.concatenate([cell, moved]), np.concatenate([-part, new_part])
    told = measures.floating_after(scope(), ALL, *change, minutes=5)
    before = measures.floating(scope(), ALL, minutes=5)
    after = before.access_m2.copy()
    np.add.at(after, change[0], change[1])
    expected = {
        "mean_m2_per_resident": (people * after).sum() / people.sum(),
        "residents_without": people[after <= 1e-9].sum(),
        "gini": gini(np.maximum(after, 0.0), people),
    }
    rows = told.filter(pl.col("region_code") == root())
    was = before.regions.filter(pl.col("region_code") == root()).row(0, named=True)
    for code, old, new in rows.select("measure_code", "before", "after").iter_rows():
        assert old == pytest.approx(was[code])
        assert new == pytest.approx(expected[code])
    assert rows.height == 3


def test_supply_and_demand_balance(here, monkeypatch) -> None:
    supply = np.array([400.0, 600.0, 100.0, 900.0, 50.0])
    monkeypatch.setattr(measures, "supply_of_venues", lambda: measures_ground.Venues(supply, np.zeros(5, np.uint8)))
    forget()
    frame = measures.supply_demand(scope(), ALL, quota_m2=2.0, minutes=5)
    row = frame.filter(pl.col("region_code") == root()).row(0, named=True)
    people = measures_ground.residents()
    access = measures.floating(scope(), ALL, minutes=5).access_m2
    assert row["demand_m2"] == pytest.approx(2.0 * people.sum())
    assert row["satisfied_m2"] == pytest.approx((people * np.minimum(access, 2.0)).sum())
    assert row["satisfied_m2"] + row["unmet_m2"] == pytest.approx(row["demand_m2"])
    assert row["used_m2"] + row["free_m2"] == pytest.approx(supply.sum())
    assert row["used_m2"] == pytest.approx(row["satisfied_m2"])
    assert row["local_share"] == pytest.approx(1.0)  # there is one region only
    assert 0 < row["satisfied_share"] <= 1
    with pytest.raises(WordedError):
        measures.supply_demand(scope(), ALL, quota_m2=0.0)


def test_an_interval_holds_the_figure_of_the_circle(here) -> None:
    found = measures.coverage_interval(scope(), FOOTBALL, 5)
    told = group_coverage(scope(), FOOTBALL, 5)
    both = found.join(told, on=["region_code", "group_code"], suffix="_told")
    assert both.height == told.height > 0
    assert (both["covered_count"] - both["covered_count_told"]).abs().max() < 1e-6
    assert (both["resident_count"] - both["resident_count_told"]).abs().max() < 1e-6
    assert both.select((pl.col("low_count") <= pl.col("covered_count")).all()).item()
    assert both.select((pl.col("covered_count") <= pl.col("high_count")).all()).item()
    shares = both.select(pl.sum_horizontal("speed_share", "position_share", "population_share")).to_series()
    assert shares.to_list() == pytest.approx([1.0] * both.height)


@pytest.mark.parametrize("group", ["everyone", "wheelchair"])
def test_what_a_venue_gains_is_what_the_circle_grows_by(here, group) -> None:
    found = marginal.gain(scope(), FOOTBALL, 5, group)
    people, cell = array("cell")["residents"][:, 0].astype(float), array("cell")
    limit = int(group_limits([5])[0, 0 if group == "everyone" else 5])
    entrance = array("entrance")
    cost = costs(FOOTBALL).cell
    for node in range(0, network().node_count, 5):
        near, _ = walking_cost(network(), snap_of(cell), at_nodes(network(), [node]), [0], limit=limit)
        assert found.gained[node] == people[(near <= limit) & (cost > limit)].sum()
    assert found.uncovered_count == people[cost > limit].sum()
    assert len(entrance["edge"]) == 5
    top = found.top
    assert top["rank"].to_list() == list(range(1, top.height + 1))
    assert top["gained_count"].to_list() == sorted(top["gained_count"].to_list(), reverse=True)
    assert top["gained_count"][0] == found.gained.max()
    assert set(top["region_code"].to_list()) == {root()}
    features = found.features()["features"]
    assert features[0]["properties"]["gain"] == round(found.gained.max())
    again = marginal.gain(scope(), FOOTBALL, 5, group)
    assert again.gained is found.gained  # kept
    assert again.top is found.top
    assert marginal.areas(scope()) == (root(),)


def test_an_area_keeps_residents_and_places_to_itself(here) -> None:
    everywhere, region = marginal.gain(scope(), FOOTBALL, 5), marginal.gain(scope(), FOOTBALL, 5, region_code=root())
    np.testing.assert_allclose(everywhere.gained, region.gained)
    elsewhere = marginal.gain(scope("990000"), FOOTBALL, 5)
    assert elsewhere.gained.sum() == 0.0
    assert elsewhere.top.height == 0
    assert elsewhere.features()["features"] == []


def test_rational_agents_share_what_is_near(here, monkeypatch) -> None:
    supply = np.array([400.0, 600.0, 100.0, 900.0, 50.0])
    monkeypatch.setattr(rational, "supply_of_venues", lambda: measures_ground.Venues(supply, np.zeros(5, np.uint8)))
    found = rational.rational(scope(), ALL, root(), minutes=5, tau_minutes=5.0)
    people = measures_ground.residents()
    assert found.gap <= rational.GAP
    assert found.residents_without == people[costs(ALL).cell > 15_000].sum()
    assert found.cells["resident_count"].sum() == people.sum()
    # Nobody pays less than crowding shared evenly would cost without any way, and nobody much more.
    assert 1.0 < found.mean_cost < 3.0
    far = rational.rational(scope(), ALL, root(), minutes=5, tau_minutes=50.0)
    assert far.mean_cost < found.mean_cost  # ways weigh less
    with pytest.raises(WordedError):
        rational.rational(scope(), ALL, "110000")
    monkeypatch.setattr(rational, "MOST_CELLS", 5)
    with pytest.raises(WordedError):
        rational.rational(scope(), ALL, root())


def test_impossible_requests_are_refused_in_words(here) -> None:
    for ask in (
        lambda: measures.floating(scope(), ALL, minutes=7),
        lambda: measures.floating(scope(), ALL, kind="3sfca"),
        lambda: measures.floating(scope(), ALL, decay="far"),
        lambda: measures.lorenz_curve(scope(), ALL, "110000"),
        lambda: marginal.gain(scope(), ALL, 5, "giants"),
        lambda: marginal.gain(scope(), ALL, 5, region_code="110000"),
    ):
        with pytest.raises(WordedError) as refused:
            ask()
        assert all(all(text for text in refused.value.said(lang)) for lang in ("zh", "en"))
    for ask in (measures.floating, measures.supply_demand, measures.coverage_interval, marginal.gain):
        with pytest.raises(AccessDenied):
            ask(scope(sensitivity="open"), ALL)


def test_without_any_area_nothing_is_reached_and_types_have_none(here) -> None:
    forget()
    found = measures.floating(scope(), ALL)
    assert found.typical_count == 5
    assert found.regions["mean_m2_per_resident"].to_list() == [0.0]
    assert measures_ground.typical_area_m2("C10") == 0.0


@pytest.mark.parametrize("missing", ["population_cell.csv", "venue.csv"])
def test_without_residents_or_without_venues_there_are_no_figures_but_answers(town, settings, missing) -> None:
    for name, dataset in TOWN_FILES.items():
        if name != missing:
            receive(town / name, [dataset], DeliveryOptions(file_name=name), settings)
    publish(settings, build(settings).build_id)
    with reading_from(open_store(settings)):
        found = measures.floating(scope(), ALL)
        assert found.access_m2.sum() == 0.0
        assert set(found.regions["mean_m2_per_resident"].to_list()) <= {None, 0.0}
        assert measures.supply_demand(scope(), ALL)["satisfied_m2"].sum() == 0.0
        interval = measures.coverage_interval(scope(), ALL)
        assert interval["high_count"].sum() == 0.0
        gained = marginal.gain(scope(), ALL)
        assert gained.uncovered_count == (
            0.0 if missing == "population_cell.csv" else measures_ground.residents().sum()
        )
        assert (gained.top.height > 0) == (missing == "venue.csv")
        assert rational.rational(scope(), ALL, root()).mean_cost is None
        assert measures.lorenz_curve(scope(), ALL, root()).height == measures.LORENZ_POINTS
