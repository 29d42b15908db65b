"""Freshness: a dataset that ends long before the others of its kind was not delivered in time."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict
from warehouse.contract_terms import CADENCES

COUNTS = "marts.mart_quality_count"
# Days that a dataset may lag behind the month that most datasets reach, where its contract says nothing.
DUE_DAYS = 15
DAYS_OF_MONTH = 31


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one warning or pass per dataset that is due regularly.

    What is compared is the last month of the rows with the month that the datasets reach in the middle: a build of
    old deliveries is not stale because a year has passed since.
    """
    if not evidence.has_table(COUNTS):
        return
    ends = evidence.frame(
        f"select dataset, max(month) as month from {COUNTS}"
        " where check_code = 'rows:all' and length(month) = 7 group by dataset order by month, dataset"
    )
    if not ends.height:
        return
    reached = ends["month"][ends.height // 2]
    for dataset, month in ends.sort("dataset").iter_rows():
        terms = evidence.contracts[dataset]
        days = CADENCES[terms.cadence]
        if days is None:
            continue
        due = DUE_DAYS if terms.due_days is None else terms.due_days
        allowed = -(-(days + due) // DAYS_OF_MONTH)
        behind = _number(reached) - _number(month)
        yield Verdict(
            f"freshness:{dataset}",
            passed=behind <= allowed,
            detail=f"rows up to {month}; most datasets reach {reached}",
            fix="" if behind <= allowed else f"Ask {terms.owner} for the deliveries after {month}.",
            severity="warning",
        )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])
