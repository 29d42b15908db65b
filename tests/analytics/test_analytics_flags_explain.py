"""Contributions add up to what they explain: as laws, by hand, and over frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.flags import explain, find
from analytics.flags.contribution import additive, of_ratio, rate_and_mix
from analytics.flags.explain import _contributions, _levelled
from tests.analytics.test_analytics_flags_find import AMOUNT, PERIODS, SHARE, amounts, frame

sizes = st.floats(0.01, 1e5)
counts = st.lists(st.tuples(sizes, sizes, sizes, sizes), min_size=1, max_size=9)
# Tests held that nobody planned: a numerator without its denominator, now or then.
or_none = st.one_of(st.just(0.0), sizes)
loose = st.lists(st.tuples(sizes, or_none, sizes, or_none), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(counts, sizes)
def test_contributions_of_parts_add_up(rows: list[tuple[float, ...]], total: float) -> None:
    actual, expected, _, _ = np.asarray(rows).T
    contribution, own = additive(actual, expected, total)
    assert contribution.sum() == pytest.approx(actual.sum() - total, rel=1e-9, abs=1e-6)
    assert own.sum() == pytest.approx(total)


@settings(max_examples=80, deadline=None)
@given(loose, st.tuples(sizes, sizes, sizes, sizes))
def test_a_numerator_without_denominator_is_part_of_the_sum(
    rows: list[tuple[float, ...]], one: tuple[float, ...]
) -> None:
    n, d, n_0, d_0 = np.asarray([*rows, one]).T
    change, size = n.sum() / d.sum() - n_0.sum() / d_0.sum(), n.sum() / d.sum() + n_0.sum() / d_0.sum()
    by_rate, by_mix = rate_and_mix(n, d, n_0, d_0)
    size += np.abs(by_rate).sum()
    assert abs(by_rate.sum() + by_mix.sum() - change) <= 1e-9 * size


@pytest.mark.parametrize("then", [(3.0, 1.0), (0.0, 0.0)])
def test_a_level_above_nought_is_shared_by_members_without_a_count(then: tuple[float, float]) -> None:
    members = {"a": (0.0, 1.0, then[0], 1.0), "b": (0.0, 1.0, then[1], 1.0), "c": (np.nan,) * 4}
    found = _levelled(members, AMOUNT, 8.0)
    wanted = [6.0, 2.0] if any(then) else [4.0, 4.0]
    assert [own[0] * AMOUNT.factor for own in found.values()] == pytest.approx(wanted)
    rows = _contributions(("amount", "r", "p"), "part", found, AMOUNT, actual=8.0, expected=5.0)
    assert sum(row[7] for row in rows) == pytest.approx(3.0, rel=1e-12)


@settings(max_examples=80, deadline=None)
@given(counts)
def test_rates_and_mix_add_up_and_so_do_numerator_and_denominator(rows: list[tuple[float, ...]]) -> None:
    n, d, n_0, d_0 = np.asarray(rows).T
    change = n.sum() / d.sum() - n_0.sum() / d_0.sum()
    size = n.sum() / d.sum() + n_0.sum() / d_0.sum() + float((n / d + n_0 / d_0).max())
    by_rate, by_mix = rate_and_mix(n, d, n_0, d_0)
    assert abs(by_rate.sum() + by_mix.sum() - change) <= 1e-9 * size
    above, below = of_ratio(n, d, n_0, d_0)
    assert np.allclose(above + below, n / d - n_0 / d_0, rtol=1e-9, atol=1e-9 * size)


def test_by_hand() -> None:
    contribution, own = additive(np.asarray([30.0, 10.0]), np.asarray([10.0, 10.0]), 30.0)
    assert own.tolist() == [15, 15]
    assert contribution.tolist() == [15, -5]
    # Nothing changed in either part, only their weights: all is mix.
    by_rate, by_mix = rate_and_mix(
        np.asarray([9.0, 10.0]), np.asarray([10.0, 20.0]), np.asarray([18.0, 5.0]), np.asarray([20.0, 10.0])
    )
    assert by_rate.tolist() == [0, 0]
    assert by_mix.sum() == pytest.approx(19 / 30 - 23 / 30)
    # 5 / 10 to 5 / 20 is the denominator's doing alone.
    above, below = of_ratio(5.0, 20.0, 5.0, 10.0)
    assert (float(above), float(below)) == (0.0, -0.25)
    # A part that vanished takes its old rate along.
    by_rate, by_mix = rate_and_mix(
        np.asarray([5.0, 0.0]), np.asarray([10.0, 0.0]), np.asarray([5.0, 8.0]), np.asarray([10.0, 10.0])
    )
    assert by_rate.sum() + by_mix.sum() == pytest.approx(0.5 - 0.65)


def whole(rows: list[pl.DataFrame], code: str) -> pl.DataFrame:
    """Return the counties and their sum as area ``city``."""
    own = pl.concat(rows)
    total = own.group_by("period").agg(pl.col("numerator").sum(), pl.col("denominator").sum(), quality=pl.lit("ok"))
    value = pl.col("numerator") if code == "amount" else pl.col("numerator") / pl.col("denominator") * 100
    total = total.with_columns(indicator_code=pl.lit(code), region_code=pl.lit("city"), value=value)
    if code == "amount":
        total = total.with_columns(denominator=pl.lit(None, pl.Float64))
    return pl.concat([own, total.select(own.columns)])


def test_the_county_and_the_part_that_did_it_come_out() -> None:
    values = {region: amounts(seed) for seed, region in enumerate(("c1", "c2", "c3"))}
    values["c2"][52] *= 2.2
    measured = whole([frame(own, region) for region, own in values.items()], "amount")
    city = measured.filter(pl.col("region_code") == "city").sort("period")["value"].to_numpy()
    division = {"a": city * 0.3, "b": city * 0.7}
    division["a"][52] = city[52] - division["b"][51]
    division["b"][52] = division["b"][51]
    parts = pl.concat(
        pl.DataFrame(
            {
                "indicator_code": "amount",
                "region_code": "city",
                "period": PERIODS,
                "part_code": part,
                "numerator": own,
                "denominator": pl.Series([None] * 60, dtype=pl.Float64),
            }
        )
        for part, own in division.items()
    )
    parents = dict.fromkeys(values, "city")
    flags = find(measured, declared={"amount": AMOUNT}, parents=parents).filter(pl.col("region_code") == "city")
    [flag] = flags.filter(pl.col("period") == PERIODS[52]).iter_rows(named=True)
    found = explain(flags, measured, parts, declared={"amount": AMOUNT}, parents=parents)
    rows = found.filter(pl.col("period") == PERIODS[52])
    for by in ("area", "part"):
        own = rows.filter(pl.col("by") == by)
        assert own["contribution"].sum() == pytest.approx(flag["actual"] - flag["expected"])
        assert own["share"].sum() == pytest.approx(1)
    largest = rows.sort("share", descending=True).group_by("by", maintain_order=True).first()
    assert dict(largest.select("by", "code").iter_rows()) == {"area": "c2", "part": "a"}
    assert largest.filter(pl.col("by") == "area")["share"][0] == pytest.approx(1, abs=0.25)


def test_a_ratio_is_explained_by_areas_and_by_its_two_counts() -> None:
    rng = np.random.default_rng(8)
    rows = []
    for region in ("c1", "c2"):
        below = rng.integers(900, 1100, 60).astype(float)
        above = rng.binomial(below.astype(int), 0.9).astype(float)
        if region == "c1":
            above[55] = np.floor(below[55] * 0.6)
        rows.append(frame(above, region, "share", below))
    measured = whole(rows, "share")
    parents = {"c1": "city", "c2": "city"}
    flags = find(measured, declared={"share": SHARE}, parents=parents).filter(pl.col("region_code") == "city")
    [flag] = flags.filter(pl.col("period") == PERIODS[55]).iter_rows(named=True)
    found = explain(flags, measured, declared={"share": SHARE}, parents=parents).filter(pl.col("period") == PERIODS[55])
    areas = found.filter(pl.col("by") == "area")
    assert areas["contribution"].sum() == pytest.approx(flag["actual"] - flag["expected"])
    assert areas.sort("share")["code"].to_list() == ["c2", "c1"]
    both = found.filter(pl.col("by").is_in(["numerator", "denominator"]))
    assert both["contribution"].sum() == pytest.approx(flag["actual"] - flag["expected"])
    assert found.filter(pl.col("by") == "numerator")["share"][0] > 0.8


def test_what_cannot_be_added_is_not_explained() -> None:
    own = replace(AMOUNT, combination="own")
    measured = frame(np.where(np.arange(60) == 52, 3.0, 1.0) * amounts())
    flags = find(measured, declared={"amount": own})
    assert flags.height
    assert explain(flags, measured, declared={"amount": own}, parents={"x": "c1"}).is_empty()


def test_a_lasting_change_is_explained_from_year_to_year() -> None:
    month = np.arange(60)
    own = {"c1": np.full(60, 100.0), "c2": np.where(month >= 54, 130.0, 60.0)}
    own["p"] = own["c1"] + own["c2"]
    measured = pl.concat(frame(values, region) for region, values in own.items())
    flags = pl.DataFrame(
        {
            "indicator_code": "amount",
            "region_code": "p",
            "period": PERIODS[54],
            "kind": ["change"],
            "expected": 160.0,
            "actual": 230.0,
        }
    )
    found = explain(flags, measured, declared={"amount": AMOUNT}, parents={"c1": "p", "c2": "p"})
    assert found.select("code", "contribution", "share").rows() == [
        ("c1", pytest.approx(0.0), pytest.approx(0.0)),
        ("c2", pytest.approx(70.0), pytest.approx(1.0)),
    ]
    # Levels that were fitted differ from plain means: contributions still make the step between them.
    other = explain(
        flags.with_columns(expected=150.0, actual=240.0),
        measured,
        declared={"amount": AMOUNT},
        parents={"c1": "p", "c2": "p"},
    )
    assert other["contribution"].sum() == pytest.approx(90.0)
    # An odd period goes before a change of the same one.
    both = pl.concat([flags, flags.with_columns(kind=pl.lit("point"), expected=200.0)])
    odd = explain(both, measured, declared={"amount": AMOUNT}, parents={"c1": "p", "c2": "p"})
    assert odd["contribution"].sum() == pytest.approx(30.0)
