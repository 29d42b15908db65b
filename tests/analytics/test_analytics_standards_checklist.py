"""Checklists: a case by hand, a plain-loop twin, the laws of the points, and what the strict reader refuses."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.standards import Checklist, check, credit_of, read_checklist, size_of
from analytics.standards.checklist import Checked
from kernel.errors import UsageError

ITEM = {
    "name_zh": "项",
    "name_en": "Item",
    "measure": "state",
    "column": "x",
    "clause_zh": "条",
    "clause_en": "Clause",
    "reading_zh": "假定",
    "reading_en": "Assumed",
    "fix_zh": "补",
    "fix_en": "Mend",
    "is_verified": False,
}
CONTENT: dict[str, Any] = {
    "name_zh": "清单",
    "name_en": "List",
    "source_zh": "出处",
    "source_en": "Source",
    "reading_zh": "假定",
    "reading_en": "Assumed",
    "pass_points": 70.0,
    "size_by": "area_m2",
    "factors": {"live": 1.0},
    "size": [
        {"code": "small", "name_zh": "小", "name_en": "Small", "smallest": 0},
        {"code": "large", "name_zh": "大", "name_en": "Large", "smallest": 1000},
    ],
    "group": [{"code": "g", "name_zh": "组", "name_en": "Group"}],
    "item": [
        {
            **ITEM,
            "code": "a",
            "group": "g",
            "weights": {"small": 60, "large": 50},
            "required": ["large"],
            "steps": [[40, 0.5], [80, 1]],
        },
        {**ITEM, "code": "b", "group": "g", "weights": {"small": 40, "large": 20}, "required": [], "steps": [[100, 1]]},
        {
            **ITEM,
            "code": "c",
            "group": "g",
            "weights": {"small": 0, "large": 30},
            "required": [],
            "steps": [[10, 0.2], [20, 0.4], [90, 1]],
        },
    ],
}
LIST = read_checklist("case", CONTENT)
SMALL, LARGE = 0, 1


def plain(
    checklist: Checklist, size: int, amounts: list[float], due: list[bool]
) -> tuple[float, list[str], list[str], bool]:
    """Return points, missing, partial and passing of one thing, by loops as a reader would do it."""
    earned = whole = 0.0
    missing, partial, passes = [], [], True
    for item, amount, is_due in zip(checklist.items, amounts, due, strict=True):
        weight = item.weights[size]
        if not weight or not is_due:
            continue
        share = 0.0
        for threshold, worth in item.steps:
            if amount >= threshold:
                share = worth
        whole += weight
        earned += weight * share
        if share == 0:
            missing.append(item.code)
        elif share < 1:
            partial.append(item.code)
        if share < 1 and checklist.sizes[size].code in item.required:
            passes = False
    points = earned / whole * 100 if whole else math.nan
    return points, missing, partial, passes and points >= checklist.pass_points


def codes(flags: np.ndarray) -> list[str]:
    return [item.code for item, flag in zip(LIST.items, flags, strict=True) if flag]


def one(size: int, amounts: list[float], due: list[bool] | None = None) -> Checked:
    asked = None if due is None else np.array([due])
    return check(LIST, np.array([size]), np.array([amounts]), asked)


def test_a_case_by_hand() -> None:
    found = one(LARGE, [50, 100, 20])
    # 50 x 0.5 + 20 x 1 + 30 x 0.4 = 57 of 100.
    assert found.points[0] == pytest.approx(57)
    assert codes(found.is_partial[0]) == ["a", "c"]
    assert codes(found.is_missing[0]) == []
    assert not found.is_passing[0]
    small = one(SMALL, [80, 0, 0])
    assert small.points[0] == pytest.approx(60)
    assert codes(small.is_missing[0]) == ["b"]


def test_enough_points_do_not_pass_without_what_is_required() -> None:
    lacks = one(LARGE, [79, 100, 100])
    assert lacks.points[0] == pytest.approx(75)
    assert not lacks.is_passing[0]
    assert one(LARGE, [80, 0, 90]).is_passing[0]


def test_items_that_are_not_due_count_neither_way_and_nothing_due_has_no_points() -> None:
    found = one(SMALL, [80, 0, 0], [True, False, False])
    assert found.points[0] == pytest.approx(100)
    assert codes(found.is_missing[0]) == []
    nothing = one(SMALL, [0, 0, 0], [False, False, True])
    assert math.isnan(nothing.points[0])
    assert not nothing.is_passing[0]


def test_sizes_begin_at_their_limit_and_what_is_unknown_is_small() -> None:
    assert size_of(LIST, [0, 999.9, 1000, np.nan, 5e6]).tolist() == [0, 0, 1, 0, 1]


def test_unknown_amounts_earn_nothing() -> None:
    assert credit_of(LIST.items[0], [np.nan, -5, 39.9, 40, 80]).tolist() == [0, 0, 0, 0.5, 1]


AMOUNTS = st.lists(st.floats(0, 100), min_size=3, max_size=3)
DUE = st.lists(st.booleans(), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([SMALL, LARGE]), AMOUNTS, DUE)
def test_vectors_and_plain_loops_agree(size: int, amounts: list[float], due: list[bool]) -> None:
    found = one(size, amounts, due)
    points, missing, partial, passes = plain(LIST, size, amounts, due)
    assert found.points[0] == pytest.approx(points, nan_ok=True)
    assert (codes(found.is_missing[0]), codes(found.is_partial[0])) == (missing, partial)
    assert found.is_passing[0] == passes


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([SMALL, LARGE]), AMOUNTS, st.integers(0, 2), st.floats(0, 100))
def test_more_of_an_item_never_lowers_the_points_nor_turns_a_pass_down(
    size: int, amounts: list[float], place: int, more: float
) -> None:
    better = list(amounts)
    better[place] = min(100.0, amounts[place] + more)
    before, after = one(size, amounts), one(size, better)
    assert after.points[0] >= before.points[0] - 1e-9
    assert after.is_passing[0] >= before.is_passing[0]
    assert set(codes(after.is_missing[0])) <= set(codes(before.is_missing[0]))
    assert 0 <= before.points[0] <= 100
    full = codes(before.is_missing[0]) == [] and codes(before.is_partial[0]) == []
    assert full == (before.points[0] == pytest.approx(100))


def broken(change: Any) -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    change(content)
    return content


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda c: c.pop("source_zh"), "missing source_zh"),
        (lambda c: c.update(colour="red"), "unknown key colour"),
        (lambda c: c.update(pass_points="many"), "pass_points must be a number"),
        (lambda c: c.update(pass_points=120), "outside 0 to 100"),
        (lambda c: c.update(size_by="colour"), "size_by must be one of"),
        (lambda c: c.update(factors={"live": "yes"}), "factors must be numbers"),
        (lambda c: c.update(item=[]), r"no \[\[item\]\] at all"),
        (lambda c: c["item"][0].pop("fix_zh"), "item a: missing fix_zh"),
        (lambda c: c["item"][0].update(clause_en=" "), "item a: clause_en has the wrong type"),
        (lambda c: c["item"][0].update(code="b"), "item b is given twice"),
        (lambda c: c["item"][0].update(group="h"), "no group h"),
        (lambda c: c["item"][0].update(measure="guess"), "measure must be one of"),
        (lambda c: c["item"][0]["weights"].update(small=61), "size small sum to 101"),
        (lambda c: c["item"][0]["weights"].pop("large"), "every size needs a weight"),
        (lambda c: c["item"][0]["weights"].update(large="much"), "weights must be numbers"),
        (lambda c: c["item"][2].update(required=["small"]), "required for small but of no weight"),
        (lambda c: c["item"][0].update(required=["huge"]), "no size huge"),
        (lambda c: c["item"][0].update(steps=[[40, 1], [20, 0.5]]), "steps must rise"),
        (lambda c: c["item"][0].update(steps=[[40, 0.5]]), "steps must rise"),
        (lambda c: c["item"][0].update(steps=[40]), "pairs of numbers"),
        (lambda c: c["size"][0].update(smallest=5), "sizes must begin at 0"),
    ],
)
def test_the_reader_names_what_is_wrong(change: Any, fault: str) -> None:
    with pytest.raises(UsageError, match=fault):
        read_checklist("case", broken(change))


def test_the_reader_names_every_fault_at_once() -> None:
    with pytest.raises(UsageError, match=r"missing name_en.*unknown key x"):
        read_checklist("case", broken(lambda c: (c.pop("name_en"), c.update(x=1))))
