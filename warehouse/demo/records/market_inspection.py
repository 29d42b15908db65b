"""Inspections of sports businesses: violations, cases that take time to close, visits that are due again."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY
from warehouse.demo.firms import Days, county_indices, firms_by
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ("population_cell", "enterprise")
# Inspections a year in the whole province, of high-risk sites with the season of pools and of all others, and the
# chance that a site is overlooked for a year by a bureau of average order (assumptions).
_HIGH_RISK_YEARLY, _OTHER_YEARLY = 6_500, 11_500
_OVERLOOKED = 0.06
# Chance of a violation for a bureau of average order, in 2024 (assumptions); units differ (gamma of this shape).
_VIOLATION_HIGH_RISK, _VIOLATION, _FRAILTY = 0.17, 0.09, 1.5
_VIOLATIONS = {
    True: {"lifeguard": 30, "water": 22, "licence": 12, "equipment": 14, "sign": 14, "insurance": 8},
    False: {"equipment": 22, "sign": 20, "insurance": 20, "prepaid": 28, "licence": 10},
}
_KINDS = ("random", "special", "complaint", "opening")
# Complaints come before an inspection, more about training and fitness with prepaid cards (assumptions).
_COMPLAINTS, _PREPAID_FACTOR = 0.14, 2.6
_CLOSE_MEDIAN_DAYS, _CLOSE_SPREAD = 11.0, 0.75
_STOP_MONTHS = (40, 43)
_YEARS = LAST_DAY.year - FIRST_DAY.year + 1


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``market_inspection``: one row an inspection of a unit that was open on the day."""
    random = world.random("market_inspection")
    counties = world.counties
    firm_county = county_indices(world, world.frames["enterprise"]["region_code"])
    rows, unit = _visits(world, random, firm_county)
    high_risk = world.frames["enterprise"]["high_risk_kind"].is_not_null().to_numpy()[unit]
    order = counties["order"].to_numpy()[rows["county_index"].to_numpy()]
    day = rows["date"].to_numpy().astype("datetime64[D]")
    violations = _violations(random, rows, unit, high_risk, order)
    is_case = violations > 0
    closed, due, revisited = _days(random, day, is_case, order)
    frame = world.frames["enterprise"].select("enterprise_id", "high_risk_kind", "industry_code")[unit]
    penalty = np.where(
        is_case & (random.random(len(day)) < 0.12 + 0.08 * high_risk),
        np.round(random.lognormal(8.6, 0.7, len(day)), -2),
        np.where(is_case, 0.0, np.nan),
    )
    closed_known = ~np.isnat(closed)
    state = np.select(
        [~is_case, closed_known, random.random(len(day)) < 0.2], ["clean", "closed", "filed"], "correcting"
    )
    is_prepaid = frame["industry_code"].str.slice(0, 2).is_in(["03", "06"]).to_numpy()
    expected = _COMPLAINTS * np.where(is_prepaid, _PREPAID_FACTOR, 1.0) * np.where(is_case, 1.8, 0.9)
    kind = _kinds(random, day, high_risk)
    return pl.DataFrame(
        {
            "enterprise_id": frame["enterprise_id"],
            "region_code": rows["region_code"],
            "kind_code": kind,
            "inspected_on": rows["date"],
            "high_risk_kind": frame["high_risk_kind"],
            "violation_count": violations,
            "violation_code": _violation_codes(random, is_case, high_risk),
            "state": state.tolist(),
            "revisit_due_on": due,
            "revisited_on": revisited,
            "closed_on": closed,
            "penalty_cny": penalty,
            "complaint_count": random.poisson(expected) + (kind == "complaint").to_numpy(),
        },
        nan_to_null=True,
    ).select((pl.lit("MI") + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("case_id"), pl.all())


def _visits(world: World, random: np.random.Generator, firm_county: Ints) -> tuple[pl.DataFrame, Ints]:
    """Return the rows of days and counties, and the unit visited: sites of high risk first of all, in summer."""
    counties = world.counties
    risky = world.frames["enterprise"]["high_risk_kind"].is_not_null().to_numpy()
    sites = np.bincount(firm_county, weights=risky, minlength=counties.height).astype(np.float64)
    others = np.bincount(firm_county, minlength=counties.height) * counties["order"].to_numpy()
    ordinary = world.monthly("market_inspection", _OTHER_YEARLY, weights=others, growth=0.05, closes=0.7)
    special = world.monthly(
        "market_inspection high risk", _HIGH_RISK_YEARLY, weights=sites, profile="pool", growth=0.05, plants=False
    )
    special = np.round(special * world.shocks("market_inspection")).astype(np.int64)
    _plant_stop(world, ordinary, special)
    parts = [
        world.rows(f"market_inspection {name}", counts, on_days_off=0.05).with_columns(
            wanted=pl.lit(value=name == "risky")
        )
        for name, counts in (("other", ordinary), ("risky", special))
    ]
    rows = pl.concat(parts).sort("date", "region_code", "wanted")
    county, wanted = rows["county_index"].to_numpy(), rows["wanted"].to_numpy()
    firms = firms_by(world, firm_county * 2 + risky, counties.height * 2)
    unit = firms.pick(county * 2 + wanted, rows["date"].to_numpy(), random)
    chance = _OVERLOOKED / counties["order"].to_numpy()[firm_county]
    is_overlooked = random.random((len(risky), _YEARS)) < chance[:, None]
    year = rows["date"].dt.year().to_numpy() - FIRST_DAY.year
    lost = (unit < 0) | (wanted & is_overlooked[np.maximum(unit, 0), year])
    # Who goes past an overlooked site visits some other business.
    unit[lost] = firms.pick(county[lost] * 2, rows["date"].to_numpy()[lost], random)
    return rows.filter(unit >= 0), unit[unit >= 0]


def _plant_stop(world: World, ordinary: Ints, special: Ints) -> None:
    """Stop the inspections of one large county for three months, and record it."""
    county = int(np.argsort(-ordinary.sum(axis=1))[min(4, len(ordinary) - 1)])
    for counts in (ordinary, special):
        counts[county, slice(*_STOP_MONTHS)] = 0
    days = world.days.filter(pl.col("month_index").is_between(_STOP_MONTHS[0], _STOP_MONTHS[1] - 1))["date"]
    world.plant(
        "market_inspection",
        "zero",
        region_code=world.counties["region_code"][county],
        started_on=days[0],
        ended_on=days[-1],
        factor=0.0,
        note="a county did not inspect for three months",
    )


def _violations(
    random: np.random.Generator, rows: pl.DataFrame, unit: Ints, high_risk: np.ndarray, order: Floats
) -> Ints:
    """Return the number of violations: units have a leaning of their own, and the share falls by 6 % a year."""
    leaning = random.gamma(_FRAILTY, 1 / _FRAILTY, int(unit.max()) + 1)[unit]
    years = (rows["date"].to_numpy() - np.datetime64("2024-05-01")).astype("timedelta64[D]").astype(np.int64) / 365
    chance = np.where(high_risk, _VIOLATION_HIGH_RISK, _VIOLATION) * leaning * 0.94**years / order
    return np.where(random.random(len(unit)) < chance, 1 + random.poisson(0.6, len(unit)), 0)


def _days(random: np.random.Generator, day: Days, is_case: np.ndarray, order: Floats) -> tuple[Days, Days, Days]:
    """Return the days of closing, of the visit that is due, and of that visit; NaT where there is none yet."""
    last, never = np.datetime64(LAST_DAY), np.datetime64("NaT")
    count = len(day)
    length = random.lognormal(np.log(_CLOSE_MEDIAN_DAYS / order), _CLOSE_SPREAD, count)
    closed = day + np.clip(length, 1, 240).astype(np.int64)
    due = np.where(is_case & (random.random(count) < 0.6), day + 30, never)
    visited = due + np.round(random.normal(-4, 6, count)).astype(np.int64)
    visited = np.maximum(visited, day + 1)
    # A few are forgotten; those still due in the future have not been made.
    forgotten = random.random(count) < 0.02 / order
    visited = np.where(forgotten | (visited > last), never, visited)
    return np.where(is_case & (closed <= last), closed, never), due, visited


def _violation_codes(random: np.random.Generator, is_case: np.ndarray, high_risk: np.ndarray) -> pl.Series:
    code = np.full(len(is_case), None, dtype=object)
    for risky, shares in _VIOLATIONS.items():
        own = np.flatnonzero(is_case & (high_risk == risky))
        share = np.array(list(shares.values()), dtype=np.float64)
        code[own] = random.choice(list(shares), len(own), p=share / share.sum())
    return pl.Series(code.tolist(), dtype=pl.String)


def _kinds(random: np.random.Generator, day: Days, high_risk: np.ndarray) -> pl.Series:
    """Return kinds of inspection; pools are looked at before they open in May and June."""
    kind = random.choice(3, len(day), p=[0.58, 0.29, 0.13])
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    opening = high_risk & np.isin(month, (5, 6)) & (random.random(len(day)) < 0.5)
    return pl.Series(list(_KINDS)).gather(np.where(opening, 3, kind))
