"""Standards of circles: hand-made scores, laws, and a plain twin for sums and for the cheapest mend."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.accessibility.catchment import Catchments
from analytics.standards import Sites, Tally, cheapest_mend, points, points_of, read_standard
from analytics.standards.mend import MOST_BUILT
from geodata.network import UNIT_M
from kernel.errors import UsageError


def steps(*pairs: tuple[float, float]) -> dict[str, Any]:
    return {"steps": [list(pair) for pair in pairs]}


def content(**changes: Any) -> dict[str, Any]:
    """A rule file with a clause of each measure."""
    words = {"name_zh": "甲", "name_en": "A"}
    clause = words | {"radius_m": 800.0, "is_verified": True}
    return {
        **words,
        "source_zh": "测试",
        "source_en": "made for the test",
        "pass_points": 12.0,
        "track_width_m": 2.0,
        "clause": [
            clause
            | {"code": "kinds", "measure": "kinds", "kinds": [["C"], ["E10"], ["E30"]], "steps": [[2, 5], [3, 8]]},
            clause | {"code": "courts", "measure": "sites", "types": ["C"], "steps": [[1, 5], [2, 10]]},
            clause
            | {
                "code": "path",
                "measure": "area_m2",
                "types": ["E10"],
                "smallest_area_m2": 100,
                "steps": [[100, 4], [250, 6]],
            },
            clause
            | {"code": "trail", "measure": "length_m", "types": ["E30"], "radius_m": 400.0, "steps": [[1000, 6]]},
        ],
        "facility": [
            words | {"type_code": "C21", "area_m2": 600.0, "price_10k_cny": 30.0},
            words | {"type_code": "E10", "area_m2": 120.0, "price_10k_cny": 8.0},
            words | {"type_code": "E30", "area_m2": 2000.0, "price_10k_cny": 60.0},
        ],
    } | changes


STANDARD = read_standard("made", content())
#: A court and a path near two cells; a small path; a trail at 500 m, which is too far for its clause but still a kind.
SITES = Sites(["C21", "E10", "E10", "E30", "C40"], np.array([600.0, 120.0, 80.0, 4000.0, np.nan]))


def reached(pairs: dict[int, dict[int, float]], site_count: int) -> Catchments:
    """Catchments from {site: {cell: metres}}."""
    rows = [sorted(pairs.get(site, {}).items()) for site in range(site_count)]
    start = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    cell = np.array([cell for row in rows for cell, _ in row], np.int32)
    cost = np.array([round(metres / UNIT_M) for row in rows for _, metres in row], np.uint16)
    return Catchments(start, cell, cost)


PAIRS = {0: {0: 100.0, 1: 800.0}, 1: {0: 50.0, 1: 801.0}, 2: {0: 10.0}, 3: {0: 500.0, 1: 400.0}, 4: {1: 20.0}}


def tallied(cuts: tuple[int, ...] = ()) -> Tally:
    tally = Tally(STANDARD, SITES, cell_count=3)
    for first, last in zip((0, *cuts), (*cuts, len(SITES.type_code)), strict=True):
        tally.add(first, reached({site - first: PAIRS[site] for site in range(first, last)}, last - first))
    return tally


def test_what_cells_have_in_reach_by_hand() -> None:
    found = tallied().amounts()
    assert found.amount.tolist() == [
        [3.0, 1.0, 120.0, 0.0],  # the path of 80 m2 is too small, the trail beyond 400 m; it is a kind within 800 m
        [2.0, 2.0, 0.0, 2000.0],  # the path at 801 m is too far; a court without an area is a site all the same
        [0.0, 0.0, 0.0, 0.0],
    ]
    assert found.kinds.tolist() == [0b111, 0b101, 0]
    assert points(STANDARD, found.amount).tolist() == [[8, 5, 4, 0], [5, 10, 0, 6], [0, 0, 0, 0]]


@pytest.mark.parametrize("cuts", [(1,), (2, 4), (1, 2, 3, 4)])
def test_parts_do_not_matter(cuts: tuple[int, ...]) -> None:
    assert np.array_equal(tallied(cuts).amounts().amount, tallied().amounts().amount)


def test_the_plain_twin_sums_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = tallied().amounts()
    monkeypatch.setattr("analytics.standards.amounts.kernels", None)
    plain = tallied().amounts()
    assert np.array_equal(plain.amount, compiled.amount)
    assert np.array_equal(plain.kinds, compiled.kinds)


@given(
    st.lists(st.tuples(st.sampled_from(["C21", "C40", "E10", "E30", "B10"]), st.floats(0, 5e3)), min_size=1, max_size=8)
)
def test_one_site_more_lowers_nothing(found: list[tuple[str, float]]) -> None:
    sites = Sites([code for code, _ in found], np.array([area for _, area in found]))
    near = reached({site: {0: 60.0 * site} for site in range(len(found))}, len(found))
    sums = []
    for count in (len(found) - 1, len(found)):
        tally = Tally(STANDARD, sites, cell_count=1)
        tally.add(
            0, Catchments(near.start[: count + 1], near.cell[: near.start[count]], near.cost[: near.start[count]])
        )
        sums.append(tally.amounts())
    assert (sums[1].amount >= sums[0].amount).all()
    assert int(sums[1].kinds[0]) & int(sums[0].kinds[0]) == int(sums[0].kinds[0])
    assert points(STANDARD, sums[1].amount).sum() >= points(STANDARD, sums[0].amount).sum()


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_more_never_gives_fewer_points(one: float, other: float) -> None:
    for clause in STANDARD.clauses:
        assert points_of(clause, min(one, other)) <= points_of(clause, max(one, other))


def mended_by_trying_everything(amount: list[float], kinds: int) -> float | None:
    """The price of the cheapest multiset of facilities that is enough, from its definition."""
    prices = []
    for built in product(range(4), repeat=3):
        if sum(built) > MOST_BUILT:
            continue
        courts, paths, trails = built
        bits = kinds | (1 if courts else 0) | (2 if paths else 0) | (4 if trails else 0)
        after = [bits.bit_count(), amount[1] + courts, amount[2] + 120 * paths, amount[3] + 1000 * trails]
        if sum(points_of(clause, value) for clause, value in zip(STANDARD.clauses, after, strict=True)) >= 12:
            prices.append(30.0 * courts + 8.0 * paths + 60.0 * trails)
    return min(prices, default=None)


@given(
    st.integers(0, 7),
    st.integers(0, 2),
    st.sampled_from([0.0, 100.0, 150.0, 260.0]),
    st.sampled_from([0.0, 500.0, 1000.0]),
)
def test_the_cheapest_mend_is_the_cheapest_of_all(kinds: int, courts: int, path: float, trail: float) -> None:
    amount = [float(kinds.bit_count()), float(courts), path, trail]
    mend = cheapest_mend(STANDARD, amount, kinds)
    assert mend is not None
    assert mend.price_10k_cny == mended_by_trying_everything(amount, kinds)
    assert mend.points >= STANDARD.pass_points


def test_a_mend_by_hand() -> None:
    # A path and a court are two kinds (5), a path (4) and a court (5): 14 points for 38; without a court 12 is dearer.
    mend = cheapest_mend(STANDARD, [0.0, 0.0, 0.0, 0.0], 0)
    assert mend is not None
    assert (mend.built, mend.price_10k_cny, mend.points) == ((1, 1, 0), 38.0, 14.0)


def test_no_facility_is_enough() -> None:
    without = read_standard("made", content(pass_points=30.0, facility=content()["facility"][1:2]))
    assert cheapest_mend(without, [0.0, 0.0, 0.0, 0.0], 0) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pass_points": 31.0}, "31 of 30 points"),
        ({"clause": []}, "of 0 points"),
        ({"clause": [content()["clause"][1] | {"measure": "smells"}]}, "no measure 'smells'"),
        ({"clause": [content()["clause"][1] | {"radius_m": 1300.0}]}, "radius_m 1300"),
        ({"clause": [content()["clause"][1] | {"steps": [[2, 5], [1, 6]]}]}, "rising"),
        ({"clause": [content()["clause"][1] | {"steps": [[1, 5], [2, 5]]}]}, "rising"),
        ({"clause": [content()["clause"][1] | {"kinds": [["C"]]}]}, "kinds"),
        ({"clause": [content()["clause"][0], content()["clause"][0]]}, "kinds twice"),
        ({"clause": [{"code": "x"}]}, "cannot be read"),
    ],
)
def test_rules_that_cannot_be_scored_are_refused_with_the_reason(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_standard("made", content(**changes))
