"""Places: every row lies in a region that exists, every coordinate on the globe, every region below one above."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict, none_found

# Venues on a pier or on a border that two surveys draw differently are normal; more says wrong coordinates.
OUTSIDE_SHARE = 0.02


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give the verdicts on places."""
    yield none_found(
        "places:core.region",
        evidence,
        """
        select region.region_code, region.parent_code
        from core.region as region
        left join core.region as above on region.parent_code = above.region_code
        where region.level <> 'province' and region.parent_code is not null and above.region_code is null
        """,
        what="regions whose region above was not delivered",
        fix="Deliver the missing city or province, or correct parent_code.",
    )
    for table, identity in (("core.venue", "venue_id"), ("core.population_cell", "cell_id")):
        yield none_found(
            f"places:{table}.position",
            evidence,
            f"select {identity}, lon, lat from {table}"
            " where lon is null or lat is null or not (lon between -180 and 180 and lat between -90 and 90)",
            what=f"positions of {table} that are not on the globe",
            fix="Correct lon and lat in the delivery.",
        )
        yield none_found(
            f"places:{table}.region",
            evidence,
            f"select {identity}, region_code from {table}"
            " where region_code not in (select region_code from core.region)",
            what=f"rows of {table} in a region that does not exist",
            fix="Correct region_code, or deliver the region.",
        )
        yield _outside(evidence, table)
    if evidence.has_rows("core.population"):
        yield none_found(
            "places:core.population.region",
            evidence,
            "select distinct region_code from core.population"
            " where region_code not in (select region_code from core.region)",
            what="regions with population but without an outline",
            fix="Deliver the region, or correct region_code.",
        )


def _outside(evidence: Evidence, table: str) -> Verdict:
    total = evidence.count(f"select count(*) from {table}")
    outside = evidence.count(f"select count(*) from {table} where region_code is null")
    few = outside <= OUTSIDE_SHARE * total
    return Verdict(
        f"places:{table}.outside",
        passed=not outside,
        detail=f"{outside} of {total} rows lie more than 2 km outside every region and count nowhere",
        fix=""
        if not outside
        else "Check the coordinate system of the delivery (`--crs`), or deliver the missing region.",
        severity="warning" if few else "error",
    )
