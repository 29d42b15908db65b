"""Sources: two of them that say different things, and sums that are not what the same source prints as the whole."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict

CONFLICTS, SUMS = "marts.mart_conflict", "marts.mart_sum_conflict"
# Printed figures are rounded to the last digit, and the error of 13 parts adds up.
ROUNDING = 0.0001


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one warning or pass on contradictions of each dataset, and on each printed whole."""
    if evidence.has_table(CONFLICTS):
        yield from _conflicts(evidence)
    if evidence.has_table(SUMS):
        yield from _sums(evidence)


def _conflicts(evidence: Evidence) -> Iterator[Verdict]:
    found = evidence.frame(
        f"select dataset, attribute, winning_source, losing_source, any_value(conflict_count) as many"
        f" from {CONFLICTS} group by all order by all"
    )
    for row in found.iter_rows(named=True):
        yield Verdict(
            f"sources:{row['dataset']}.{row['attribute']}",
            passed=False,
            detail=f"{row['many']} keys: {row['losing_source']} contradicts {row['winning_source']}",
            fix="Compare both sources; `precedence` in the contract says which of them counts.",
            severity="warning",
        )
    if not found.height:
        yield Verdict("sources:conflicts", passed=True, detail="no two sources contradict each other")


def _sums(evidence: Evidence) -> Iterator[Verdict]:
    for row in evidence.frame(f"select * from {SUMS} order by all").iter_rows(named=True):
        agrees = abs(row["difference"]) <= ROUNDING * abs(row["whole_value"])
        yield Verdict(
            f"sources:sum.{row['measure_code']}.{row['year']}.{row['region_code']}",
            passed=agrees,
            detail=f"{row['part_count']} parts sum to {row['part_sum']:.2f}, printed is {row['whole_value']:.2f}"
            f" (difference {row['difference']:+.2f}, {row['source']})",
            fix="" if agrees else "Ask the source which of the figures was revised; both are kept as printed.",
            severity="warning",
        )
