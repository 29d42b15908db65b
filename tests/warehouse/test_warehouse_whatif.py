"""What-if answers from a published town, recounted from the beginning; edits that cannot be are refused by name."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_town import LAT, LON, STEP

from analytics.accessibility import coverage, group_limits, index_cells, limit_units, walking_cost
from analytics.accessibility.floating import decay_weights, floating_catchment
from analytics.accessibility.inequality import gini
from analytics.whatif import AddLink, AddVenue, CloseVenue, with_links
from geodata.network import COORDINATE_SCALE, Snap
from geodata.snap import snap_to_edges
from kernel.errors import AccessDenied, UsageError, WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from kernel.words import catalogue
from warehouse.queries import whatif, whatif_edits, whatif_ground, whatif_measures, whatif_places
from warehouse.queries._run import array, reading_from
from warehouse.queries.circles import group_coverage
from warehouse.queries.measures_ground import members, supply_of_venues
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.venue_filter import VenueFilter, WeekTime
from warehouse.snapshot import open_store

ALL = VenueFilter()
FOOTBALL = VenueFilter(frozenset({"football"}))
FAR = (LON + 5 * STEP, LAT + 5 * STEP)


def scope(*regions: str, sensitivity: str = "internal") -> GrantedScope:
    return GrantedScope("anybody", "planner", frozenset(regions), sensitivity, frozenset())


@pytest.fixture
def here(published: Settings) -> Iterator[None]:
    with reading_from(open_store(published)):
        yield


def by_name(name: str) -> int:
    table = array("map_tile")
    start, text = table["venue_name_start"], table["venue_name_text"].tobytes()
    names = [text[a:b].decode() for a, b in pairwise(start)]
    return int(table["venue_index"][names.index(name)])


def venue(kind="add_venue", **more):
    return {"kind": kind, "venue_type_code": "C10", "lon": FAR[0], "lat": FAR[1], "fee_policy": "free"} | more


def asked(edits, venue_filter=FOOTBALL, minutes=5, who=None):
    return whatif.answer(who or scope(), venue_filter, whatif.read_edits(edits), minutes)


def by_hand(doors: list[tuple[float, float, int]], areas: dict[int, float], link=None, minutes=5) -> dict[str, float]:
    """Count everybody inside and the measures from the beginning: doors as (lon, lat, owner)."""
    streets = network()
    if link is not None:
        lon, lat = streets.node_lon / COORDINATE_SCALE, streets.node_lat / COORDINATE_SCALE
        ends = [int(np.argmin(np.hypot((lon - x) * np.cos(np.radians(LAT)), lat - y))) for x, y in link[:2]]
        streets = with_links(streets, [(*ends, link[2])])
    places = snap_to_edges(network(), [d[0] for d in doors], [d[1] for d in doors])
    owner = np.array([d[2] for d in doors], np.int32)
    cell = array("cell")
    cells, people = snap_of(cell), cell["residents"][:, 0].astype(np.float64)
    cost, _ = walking_cost(streets, cells, places, owner)
    limit = limit_units(minutes)
    supply = np.zeros(owner.max(initial=0) + 1)
    for whose, area in areas.items():
        supply[whose] = area
    access = floating_catchment(
        streets,
        index_cells(streets, cells),
        places,
        owner,
        supply=supply,
        demand=people,
        weight=decay_weights("steps", limit),
    ).access
    return {
        "everyone": float(people[cost <= limit].sum()),
        "mean_m2_per_resident": float((access * people).sum() / people.sum()),
        "residents_without": float(people[access <= 1e-9].sum()),
        "gini": gini(access, people),
    }


def found(answer, minutes=5) -> dict[str, float]:
    top = next(iter(members(scope())))
    rows = answer.groups.filter(
        (answer.groups["region_code"] == top)
        & (answer.groups["group_code"] == "everyone")
        & (answer.groups["minute_count"] == minutes)
    )
    measures = answer.measures.filter(answer.measures["region_code"] == top)
    return {"everyone": rows["covered_after_count"][0]} | dict(
        zip(measures["measure_code"].to_list(), measures["after"].to_list(), strict=True)
    )


def doors_of(*names: str) -> list[tuple[float, float, int]]:
    table = array("map_tile")
    return [
        (table["door_lon"][i] / COORDINATE_SCALE, table["door_lat"][i] / COORDINATE_SCALE, index)
        for index in map(by_name, names)
        for i in np.flatnonzero(table["door_venue_index"] == index)
    ]


def areas_of(*names: str) -> dict[int, float]:
    return {by_name(name): float(supply_of_venues().area_m2[by_name(name)]) for name in names}


FIVE = ("足球场", "篮球场", "健身路径", "游泳馆", "步道")


def test_nothing_changes_without_edits(here) -> None:
    answer = asked([])
    assert answer.groups["covered_before_count"].to_list() == answer.groups["covered_after_count"].to_list()
    assert (answer.changed.height, answer.changed_count, answer.gained_count, answer.lost_count) == (0, 0, 0.0, 0.0)
    assert found(answer) == pytest.approx(by_hand(doors_of("足球场"), areas_of("足球场")))
    assert set(answer.groups["group_code"]) == {"everyone", "wheelchair"}, "no ages were delivered"
    assert set(answer.measures["measure_code"]) == set(whatif.MEASURES)


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_before_any_edit_it_is_what_the_page_of_circles_says(here, minutes) -> None:
    for venue_filter in (ALL, FOOTBALL, VenueFilter(fee_code="free")):
        groups = asked([], venue_filter, minutes).groups.filter(pl.col("minute_count") == minutes)
        both = groups.join(group_coverage(scope(), venue_filter, minutes), on=["region_code", "group_code"])
        assert both.height == groups.height > 0
        assert both["covered_before_count"].to_list() == pytest.approx(both["covered_count"].to_list())
        assert both["resident_count"].to_list() == pytest.approx(both["resident_count_right"].to_list())


def test_each_kind_of_edit_equals_counting_from_the_beginning(here) -> None:
    football, new = by_name("足球场"), len(qualifying(ALL))
    near_far = (LON + 4 * STEP, LAT + 3.2 * STEP)
    own = doors_of("足球场")
    areas = areas_of("足球场")
    cases = [
        ([venue(area_m2=900.0)], [*own, (*FAR, new + 1)], areas | {new + 1: 900.0}),
        (
            [venue(entrances=[list(FAR), list(near_far)], area_m2=900.0)],
            [*own, (*FAR, new + 1), (*near_far, new + 1)],
            areas | {new + 1: 900.0},
        ),
        ([{"kind": "move_venue", "venue_index": football, "lon": FAR[0], "lat": FAR[1]}], [(*FAR, football)], areas),
        (
            [{"kind": "open_gate", "venue_index": football, "lon": FAR[0], "lat": FAR[1]}],
            [*own, (*FAR, football)],
            areas,
        ),
        ([venue(area_m2=50.0), {"kind": "close_venue", "venue_index": football}], [(*FAR, new + 1)], {new + 1: 50.0}),
    ]
    for edits, doors, supply in cases:
        answer = asked(edits)
        assert found(answer) == pytest.approx(by_hand(doors, supply)), edits
        assert all(edit.is_counted and edit.reason == "counted" for edit in answer.edits)
        gained = found(answer)["everyone"] - found(asked([]))["everyone"]
        assert answer.gained_count - answer.lost_count == pytest.approx(gained)
    assert found(asked([])) == pytest.approx(by_hand(own, areas)), "nothing stays behind"


def test_a_link_equals_a_network_with_that_street(here) -> None:
    link = {"kind": "add_link", "from": [LON, LAT], "to": list(FAR), "name": "天桥"}
    answer = asked([link], minutes=10)
    edit = answer.edits[0]
    cost = round(edit.length_m / (4.8 / 3.6 * 0.02))
    wanted = by_hand(doors_of("足球场"), areas_of("足球场"), ((LON, LAT), FAR, cost), minutes=10)
    assert found(answer, 10) == pytest.approx(wanted)
    assert len(edit.nodes) == 2
    assert edit.places[1].street_lon == pytest.approx(FAR[0], abs=1e-6)
    assert answer.gained_count > 0
    assert answer.lost_count == 0
    back = asked([link | {"from": list(FAR), "to": [LON, LAT]}], minutes=10)
    assert found(back, 10) == pytest.approx(found(answer, 10))


def test_all_venues_closed_leaves_everybody_without(here) -> None:
    answer = asked([{"kind": "close_venue", "venue_index": by_name(name)} for name in FIVE], ALL)
    assert found(answer) == pytest.approx(
        {"everyone": 0.0, "mean_m2_per_resident": 0.0, "residents_without": 450.0, "gini": 0.0}, abs=1e-6
    )
    assert answer.changed_count == 36
    assert set(answer.changed["cost_after"].to_list()) == {65_535}
    assert answer.changed["resident_count"].to_list() == sorted(answer.changed["resident_count"], reverse=True)


@pytest.mark.parametrize(
    ("venue_filter", "more", "reason"),
    [
        (FOOTBALL, {"venue_type_code": "B10"}, "category"),
        (VenueFilter(fee_code="free"), {"fee_policy": "paid"}, "fee"),
        (VenueFilter(schools=False), {"owner_kind": "school"}, "school"),
        (VenueFilter(at=WeekTime(1, 19 * 60)), {"opening_hours": "Mo-Su 06:00-18:00"}, "hours"),
        (VenueFilter(at=WeekTime(1, 21 * 60, 12)), {"is_lit": False, "is_indoor": False}, "hours"),
        (VenueFilter(at=WeekTime(1, 19 * 60)), {"opening_hours": "Mo-Su 06:00-21:00", "is_lit": True}, "counted"),
    ],
)
def test_a_new_venue_counts_or_the_answer_says_why_not(here, venue_filter, more, reason) -> None:
    answer = asked([venue(**more)], venue_filter)
    assert (answer.edits[0].reason, answer.edits[0].is_counted) == (reason, reason == "counted")
    assert f"whatif.reason_{reason}" in catalogue()
    if reason != "counted":
        assert answer.changed_count == 0


def test_changed_hours_or_fee_bring_a_venue_in_or_take_it_out(here) -> None:
    free, pool, path = VenueFilter(fee_code="free"), by_name("游泳馆"), by_name("健身路径")
    opened = asked([{"kind": "change_venue", "venue_index": pool, "fee_policy": "free"}], free)
    names = ("足球场", "健身路径", "游泳馆")
    assert found(opened) == pytest.approx(by_hand(doors_of(*names), areas_of(*names)))
    charged = asked([{"kind": "change_venue", "venue_index": path, "fee_policy": "paid"}], free)
    assert charged.edits[0].reason == "fee"
    assert found(charged) == pytest.approx(by_hand(doors_of("足球场"), areas_of("足球场")))
    there_and_back = [
        {"kind": "move_venue", "venue_index": pool, "lon": FAR[0], "lat": FAR[1]},
        {"kind": "change_venue", "venue_index": pool, "fee_policy": "free"},
    ]
    moved = asked(there_and_back, free)
    names = ("足球场", "健身路径")
    doors = [*doors_of(*names), (*FAR, pool)]
    assert found(moved) == pytest.approx(by_hand(doors, areas_of(*names, "游泳馆")))
    unseen = asked([{"kind": "close_venue", "venue_index": pool}], free)
    assert (unseen.edits[0].reason, unseen.changed_count) == ("before", 0)


REFUSED = [
    ("whatif.unknown_type", [venue(venue_type_code="Z99")]),
    ("whatif.unknown_venue", [{"kind": "close_venue", "venue_index": 99}]),
    ("whatif.no_street", [venue(lon=LON + 0.02)]),
    ("whatif.outside_area", [venue(lon=10.0, lat=10.0)]),
    ("whatif.link_same_node", [{"kind": "add_link", "from": [LON, LAT], "to": [LON + 1e-5, LAT]}]),
    ("whatif.venue_gone", [{"kind": "close_venue", "venue_index": 0}, {"kind": "close_venue", "venue_index": 0}]),
]


@pytest.mark.parametrize(("key", "edits"), REFUSED)
def test_what_the_data_cannot_do_is_refused_and_changes_nothing(here, key, edits, monkeypatch) -> None:
    if key == "whatif.no_street":
        monkeypatch.setattr(whatif_places, "_is_inside", lambda *_: True)
    before = found(asked([]))
    for last in (edits, [venue(), *edits]):
        with pytest.raises(WordedError) as refused:
            asked(last)
        assert refused.value.key == key
        assert refused.value.values["number"] == len(last)
        assert all(text for lang in ("zh", "en") for text in refused.value.said(lang))
    assert found(asked([])) == before


def test_a_link_may_not_be_longer_than_two_kilometres(here, monkeypatch) -> None:
    monkeypatch.setattr(whatif_places, "LONGEST_LINK_M", 300.0)
    with pytest.raises(WordedError) as refused:
        asked([{"kind": "add_link", "from": [LON, LAT], "to": list(FAR)}])
    assert refused.value.key == "whatif.link_too_long"


def test_nobody_plans_outside_their_area_or_without_the_right(here) -> None:
    mine, elsewhere = scope("000000"), scope("320500")
    assert found(asked([venue()], who=mine)) == found(asked([venue()]))
    nothing = asked([], who=elsewhere)
    assert (nothing.groups.height, nothing.measures.height, nothing.changed.height) == (0, 0, 0)
    with pytest.raises(WordedError) as refused:
        asked([venue()], who=elsewhere)
    assert refused.value.key == "whatif.outside_area"
    with pytest.raises(WordedError) as refused:
        asked([{"kind": "close_venue", "venue_index": by_name("足球场")}], who=elsewhere)
    assert refused.value.key == "whatif.unknown_venue"
    with pytest.raises(AccessDenied):
        asked([], who=scope(sensitivity="open"))
    with pytest.raises(UsageError):
        asked([], minutes=7)


def test_scenarios_stand_side_by_side(here) -> None:
    one, two = whatif.read_edits([venue()]), whatif.read_edits([{"kind": "close_venue", "venue_index": 0}])
    table = whatif.compare(scope(), ALL, 5, [one, two, ()])
    assert table.columns[-4:] == ["before", "after_1", "after_2", "after_3"]
    assert set(table["figure_kind"]) == {"group", "measure"}
    assert table["before"].to_list() == pytest.approx(table["after_3"].to_list())
    single = found(whatif.answer(scope(), ALL, one, 5))
    top = table.filter(table["region_code"] == table["region_code"][0])
    assert (
        dict(zip(top["figure_code"], top["after_1"], strict=True)).items() >= {"everyone": single["everyone"]}.items()
    )
    for many in ([one], [one] * 4):
        with pytest.raises(WordedError):
            whatif.compare(scope(), ALL, 5, many)


def fail_half_way() -> None:
    with whatif_ground.engine_for(ALL, 95) as (_, engine):
        engine.apply([whatif_places.ShutVenue(by_name("足球场"))])
        raise ValueError("half way")


def test_engines_are_few_and_one_that_failed_is_made_anew(here, monkeypatch) -> None:
    monkeypatch.setattr(whatif_ground, "KEPT_ENGINES", 1)
    asked([], VenueFilter(fee_code="low"))
    before = found(asked([], ALL))
    assert [key[1] for key in whatif_ground._engines] == [ALL]
    with pytest.raises(ValueError, match="half way"):
        fail_half_way()
    assert found(asked([], ALL)) == before


def test_a_build_without_areas_of_venues_has_no_measures(here, monkeypatch) -> None:
    monkeypatch.setattr(whatif_measures._run, "manifest", lambda: {"arrays": {}})
    assert whatif_measures.measures_after(scope(), ALL, None, 5, None).height == 0


COORDINATE = st.floats(-80, 80).map(lambda value: round(value, 6))
PLACE = st.tuples(COORDINATE, COORDINATE)


@st.composite
def edit_payloads(draw):
    kind = draw(st.sampled_from(sorted(whatif_edits.EDIT_KINDS)))
    lon, lat = draw(PLACE)
    if kind == "add_venue":
        more = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "entrances": st.lists(PLACE.map(list), min_size=1, max_size=3),
                    "area_m2": st.floats(0, 1e6).map(lambda value: round(value, 6)),
                    "opening_hours": st.sampled_from(["24/7", "Mo-Fr 08:00-21:00; Sa 09:00-12:00"]),
                    "fee_policy": st.sampled_from(["free", "low", "paid"]),
                    "is_lit": st.booleans(),
                    "name": st.sampled_from(["新馆", "a b"]),
                },
            )
        )
        return {"kind": kind, "venue_type_code": "E10", "lon": lon, "lat": lat} | more
    if kind == "add_link":
        return {"kind": kind, "from": [lon, lat], "to": list(draw(PLACE))}
    index = {"kind": kind, "venue_index": draw(st.integers(0, 10**6))}
    if kind == "change_venue":
        return index | {"is_lit": draw(st.booleans())}
    return index if kind == "close_venue" else index | {"lon": lon, "lat": lat}


@given(st.lists(edit_payloads(), max_size=6))
def test_packed_edits_come_back_as_they_were(payload) -> None:
    edits = whatif.read_edits(payload)
    packed = whatif.encode_edits(edits)
    assert whatif.decode_edits(packed) == edits
    assert whatif.encode_edits(whatif.decode_edits(packed)) == packed
    assert packed.isascii()
    assert packed == "" or packed.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=60) | st.text("abcABC019-_", max_size=200).map(lambda text: "1" + text))
def test_garbage_in_an_address_is_told_as_such(text) -> None:
    if text:
        with pytest.raises(WordedError) as refused:
            whatif.decode_edits(text)
        assert refused.value.key in {"whatif.packed_garbled", "whatif.packed_too_long"}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = "1" + urlsafe_b64encode(zlib.compress(b"[" + b" " * 50_000_000 + b"]", 9)[:17_000]).decode().rstrip("=")
    for text in (bomb, "1" + urlsafe_b64encode(zlib.compress(b"[" * 100_000)).decode().rstrip("="), "1" * 30_000):
        with pytest.raises(WordedError):
            whatif.decode_edits(text)
    cut = whatif.encode_edits((CloseVenue(3),))
    with pytest.raises(WordedError):
        whatif.decode_edits(cut[:-3])


MISREAD = [
    ("not_a_list", {"kind": "close_venue"}),
    ("too_many_edits", [{"kind": "close_venue", "venue_index": 1}] * 51),
    ("not_an_edit", ["close"]),
    ("unknown_kind", [{"kind": "burn_down"}]),
    ("unknown_kind", [{"kind": ["close_venue"]}]),
    ("unknown_field", [{"kind": "close_venue", "venue_index": 1, "why": 2}]),
    ("missing_field", [{"kind": "move_venue", "venue_index": 1, "lon": 2.0}]),
    ("nothing_to_change", [{"kind": "change_venue", "venue_index": 1}]),
    ("unknown_venue", [{"kind": "close_venue", "venue_index": -1}]),
    ("unknown_venue", [{"kind": "close_venue", "venue_index": True}]),
    ("wrong_number", [venue(lon="118")]),
    ("wrong_number", [venue(lat=float("nan"))]),
    ("wrong_number", [venue(lon=10**400)]),
    ("wrong_number", [venue(area_m2=-1)]),
    ("wrong_place", [{"kind": "add_link", "from": [1], "to": [1, 2]}]),
    ("wrong_place", [venue(entrances="here")]),
    ("too_many_entrances", [venue(entrances=[[1, 2]] * 21)]),
    ("wrong_choice", [venue(fee_policy="cheap")]),
    ("wrong_choice", [venue(is_lit=1)]),
    ("wrong_hours", [venue(opening_hours="Mo-Su 6 till late")]),
    ("wrong_name", [venue(name="x" * 61)]),
    ("wrong_name", [venue(name=7)]),
    ("unknown_type", [venue(venue_type_code="football")]),
]


@pytest.mark.parametrize(("key", "payload"), MISREAD)
def test_edits_that_cannot_be_read_are_refused_in_both_languages(key, payload) -> None:
    with pytest.raises(WordedError) as refused:
        whatif.read_edits(payload)
    assert refused.value.key == f"whatif.{key}"
    for lang in ("zh", "en"):
        message, fix = refused.value.said(lang)
        assert message
        assert fix
        assert "number" not in refused.value.values or "1" in message


def test_edits_are_read_as_they_are_meant() -> None:
    payload = json.loads(
        '[{"kind": "add_venue", "venue_type_code": "E10", "lon": 118.12345678, "lat": 32, "name": "  新  馆 ",'
        ' "entrances": [], "is_lit": null}, {"kind": "add_link", "from": [1, 2], "to": [3, 4]}]'
    )
    assert whatif.read_edits(payload) == (
        AddVenue("E10", 118.123457, 32.0, name="新 馆"),
        AddLink((1.0, 2.0), (3.0, 4.0)),
    )
    assert whatif.read_edits(None) == whatif.decode_edits("") == ()


def test_groups_are_at_their_own_pace(here) -> None:
    answer = asked([venue()])
    cell = array("cell")
    doors = doors_of("足球场")
    places = snap_to_edges(network(), [*(d[0] for d in doors), FAR[0]], [*(d[1] for d in doors), FAR[1]])
    cost, _ = walking_cost(network(), snap_of(cell), Snap(*(getattr(places, n) for n in Snap.__slots__)), [0, 1])
    limits = group_limits((5, 10, 15))[:, [0, 5]]
    people = np.repeat(cell["residents"][:, :1], 2, axis=1)
    wanted = coverage(cost, people, np.zeros(len(cost), np.int16), limits, region_count=1)[0]
    top = answer.groups.filter(answer.groups["region_code"] == answer.groups["region_code"][0])
    got = top.sort("minute_count", "group_code")["covered_after_count"].to_numpy().reshape(3, 2)
    np.testing.assert_allclose(got, wanted)


def test_a_build_published_in_between_is_asked_anew(monkeypatch) -> None:
    told, answers = iter(["old", "new", "new"]), []

    def answered(*_values, **_named):
        answers.append(SimpleNamespace(build_id="new"))
        return answers[-1]

    monkeypatch.setattr(whatif._run, "build_id", lambda: next(told))
    monkeypatch.setattr(whatif, "require_planning", lambda _: None)
    monkeypatch.setattr(whatif, "_answer", answered)
    assert whatif.answer(scope(), ALL, (), 10) is answers[-1]
    assert len(answers) == 2, "the first answer was of another build than the question"
