"""Identities: parts sum to their whole, within what rounding explains."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict, none_found

AGE_BANDS = ("0_4", "5_14", "15_34", "35_59", "60_79", "80_plus")
# Cells carry fractions of a person at two decimals or so; a county of 10,000 cells stays within half a percent.
CELL_TOLERANCE = 0.005
COVERAGE = "marts.mart_coverage_region"


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give the verdicts on population and coverage."""
    if evidence.has_rows("core.population_cell"):
        yield _bands_within_cells(evidence)
        if evidence.has_rows("core.population"):
            yield _cells_against_census(evidence)
    if evidence.has_rows(COVERAGE):
        yield from _coverage(evidence)


def _bands_within_cells(evidence: Evidence) -> Verdict:
    bands = " + ".join(f"age_{band}_count" for band in AGE_BANDS)
    return none_found(
        "identities:core.population_cell.bands",
        evidence,
        f"select cell_id, resident_count, {bands} as band_sum from core.population_cell"
        f" where abs({bands} - resident_count) > greatest(0.5, {CELL_TOLERANCE} * resident_count)",
        what="cells whose age bands do not sum to their residents",
        fix="Correct the age columns of the delivery, or leave them all empty.",
    )


def _cells_against_census(evidence: Evidence) -> Verdict:
    """Both may come from different years and sources, so a gap is shown, and stops nothing."""
    found = evidence.frame(
        f"""
        with
        cells as (
            select region_code, sum(resident_count) as residents from core.population_cell group by region_code
        ),
        census as (
            select region_code, sum(resident_count) as residents from core.population group by region_code
        )
        select region_code, cells.residents as in_cells, census.residents as in_census
        from cells
        inner join census using (region_code)
        where abs(cells.residents - census.residents) > {CELL_TOLERANCE} * census.residents + 1
        order by region_code
        """
    )
    return Verdict(
        "identities:cells_against_census",
        passed=not found.height,
        detail=f"{found.height} counties whose cells differ from the census by more than {CELL_TOLERANCE:.1%}"
        + "".join(f"; {row}" for row in found.head(3).iter_rows(named=True)),
        fix="" if not found.height else "Deliver cells and census of the same year, or accept the difference.",
        severity="warning",
    )


def _coverage(evidence: Evidence) -> Iterator[Verdict]:
    fix = "This is a fault of the build, not of a delivery: report it with the build id."
    same = "region_code, category_code, fee_code, distance_kind"
    yield none_found(
        "identities:coverage.within_residents",
        evidence,
        f"select * from {COVERAGE} where covered_count < 0 or covered_count > resident_count + 0.5",
        what="coverage rows with more covered than resident people",
        fix=fix,
    )
    yield none_found(
        "identities:coverage.minutes",
        evidence,
        f"""
        select {same}, age_band_code
        from {COVERAGE}
        group by {same}, age_band_code
        having max(covered_count) filter (minute_count = 5) > max(covered_count) filter (minute_count = 10) + 0.5
            or max(covered_count) filter (minute_count = 10) > max(covered_count) filter (minute_count = 15) + 0.5
        """,
        what="places where fewer people reach a venue in more minutes",
        fix=fix,
    )
    if evidence.count("select count(*) from core.population_cell where age_0_4_count is not null"):
        yield none_found(
            "identities:coverage.bands",
            evidence,
            f"""
            select {same}, minute_count
            from {COVERAGE}
            group by {same}, minute_count
            having abs(
                sum(covered_count) filter (age_band_code <> 'all') - max(covered_count) filter (age_band_code = 'all')
            ) > greatest(1.0, {CELL_TOLERANCE} * max(resident_count))
            """,
            what="places whose age bands do not sum to everybody",
            fix=fix,
        )
