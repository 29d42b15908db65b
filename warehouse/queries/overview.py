"""Questions of the overview page: headline figures, comparison of the areas below, newest data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from kernel.categories import CATEGORIES
from kernel.clock import from_stored
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.standing import regions_in, root_regions

COUNTS = (
    "resident_count",
    "within_5_count",
    "within_10_count",
    "within_15_count",
    "straight_10_count",
    "free_10_count",
    "venue_count",
    "area_m2",
)
PER = 10_000
# Two or three areas side by side say little; their counties say more.
FEW_AREAS = 5
REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True, slots=True)
class Headline:
    """Sums over the visitor's area; None where no data were delivered.

    Attributes
    ----------
    resident_count : float or None
        Residents.
    within_count : mapping of int to float or None
        Minutes (5, 10, 15) -> residents whose walk to the nearest open venue takes at most that long.
    straight_10_count : float or None
        The same for 10 minutes as the crow flies.
    free_10_count : float or None
        The same for 10 minutes and venues without a fee.
    venue_count : int
        Open venues.
    area_m2 : float or None
        Their area, square metres.
    """

    resident_count: float | None
    within_count: Mapping[int, float | None]
    straight_10_count: float | None
    free_10_count: float | None
    venue_count: int
    area_m2: float | None


def region_table(scope: GrantedScope) -> pl.DataFrame:
    """Return one row per visible region: code, names, parent, level and the counts of :data:`COUNTS`."""
    return regions_in(scope, _run.rows("overview_region.sql", scope))


def headline(regions: pl.DataFrame) -> Headline:
    """Return the sums over the root regions of a :func:`region_table`."""
    roots = root_regions(regions)
    # A sum over nothing is zero, but an area without data has no figure.
    sums = roots.select(
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in COUNTS
    )
    row = sums.row(0, named=True)
    return Headline(
        resident_count=row["resident_count"],
        within_count={minutes: row[f"within_{minutes}_count"] for minutes in (5, 10, 15)},
        straight_10_count=row["straight_10_count"],
        free_10_count=row["free_10_count"],
        venue_count=int(row["venue_count"] or 0),
        area_m2=row["area_m2"],
    )


def comparison(regions: pl.DataFrame) -> pl.DataFrame:
    """Return the areas to compare: those right below the root, or one level deeper where there are only a few.

    Returns
    -------
    DataFrame
        Sorted by ``region_code``: ``region_code, region_name, region_name_en, level, resident_count,
        covered_share`` (10 minutes, 0..1), ``venue_per_10k, area_m2_per_resident``. Empty for a single area.
    """
    roots = root_regions(regions)
    shown = _below(regions, roots) if roots.height == 1 else roots
    if shown.height < FEW_AREAS:
        deeper = _below(regions, shown)
        shown = deeper if deeper.height > shown.height else shown
    residents = pl.when(pl.col("resident_count") > 0).then(pl.col("resident_count"))
    return shown.select(
        "region_code",
        "region_name",
        "region_name_en",
        "level",
        "resident_count",
        (pl.col("within_10_count") / residents).alias("covered_share"),
        (pl.col("venue_count") * PER / residents).alias("venue_per_10k"),
        (pl.col("area_m2") / residents).alias("area_m2_per_resident"),
    ).sort("region_code")


def _below(regions: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    parents = above.get_column("region_code").implode()
    return regions.filter(pl.col("parent_code").is_in(parents) & (pl.col("parent_code") != pl.col("region_code")))


def venue_groups(scope: GrantedScope, regions: pl.DataFrame) -> pl.DataFrame:
    """Return open venues of the visitor's area by category.

    Returns
    -------
    DataFrame
        ``category_code, venue_count, area_m2``, one row for each of the 13 categories, in their order.
    """
    roots = root_regions(regions).get_column("region_code").implode()
    counted = (
        _run.rows("overview_category.sql", scope)
        .filter(pl.col("region_code").is_in(roots))
        .group_by("category_code")
        .agg(pl.col("venue_count").sum(), pl.col("area_m2").sum())
    )
    order = pl.DataFrame({"category_code": CATEGORIES})
    return order.join(counted, on="category_code", how="left").with_columns(pl.col("venue_count").fill_null(0))


def build_id() -> str:
    """Return the id of the served snapshot."""
    return _run.build_id()


def datasets() -> pl.DataFrame:
    """Return the datasets of the snapshot, newest first.

    Returns
    -------
    DataFrame
        ``dataset, name_zh, name_en, origin, publisher, licence, period, row_count, delivered_at`` (instant, UTC).
    """
    found = [
        {
            "dataset": name,
            "name_zh": entry["name_zh"],
            "name_en": entry["name_en"],
            "origin": entry["origin"],
            "publisher": entry["publisher"],
            "licence": entry["licence"],
            "period": entry["period"],
            "row_count": entry["row_count"],
            "delivered_at": from_stored(entry["delivered_at"]),
        }
        for name, entry in _run.manifest()["datasets"].items()
    ]
    return pl.DataFrame(found).sort("delivered_at", "dataset", descending=[True, False]) if found else pl.DataFrame()


@dataclass(frozen=True, slots=True)
class Target:
    """A published target of venue area per resident: which plan, how much (m2), by which year, where it is printed."""

    plan: str
    area_m2_per_resident: float
    year: str
    source: str


# The row of the reference figures -> the plan that set the target.
TARGET_ROWS = {"省 人均体育场地面积 目标(十四五)": "five_year", "省 人均体育场地面积 目标(三年行动)": "action"}
TARGET_PROVINCE = "32"


@cache
def _published_targets() -> tuple[Target, ...]:
    figures = pl.read_csv(REFERENCE / "calibration.csv", infer_schema=False)
    return tuple(
        Target(TARGET_ROWS[row["figure"]], float(row["value"]), row["year"], row["source"])
        for row in figures.filter(pl.col("figure").is_in(list(TARGET_ROWS))).iter_rows(named=True)
    )


def area_targets(regions: pl.DataFrame) -> tuple[Target, ...]:
    """Return the targets that hold for the visitor's area; none outside the province that published them."""
    codes = root_regions(regions).get_column("region_code")
    return _published_targets() if len(codes) and codes.str.starts_with(TARGET_PROVINCE).all() else ()
