"""References: what one dataset says about another should be there; orphans are shown and stop nothing."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict

COUNTS = "marts.mart_quality_count"


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one warning or pass per reference between datasets that both were delivered."""
    if not evidence.has_table(COUNTS):
        return
    found = evidence.frame(
        f"select dataset, check_code, sum(failed_count)::bigint as orphans, min(example_row) as example_row"
        f" from {COUNTS} where check_code like 'orphan:%' group by dataset, check_code"
    )
    orphans = {(row["dataset"], row["check_code"]): row for row in found.iter_rows(named=True)}
    delivered = {batch.dataset for batch in evidence.batches}
    for dataset, terms in evidence.contracts.items():
        for column in terms.columns:
            if column.references is None or not {dataset, column.references.split(".")[0]} <= delivered:
                continue
            row = orphans.get((dataset, f"orphan:{column.name}"))
            yield Verdict(
                f"references:{dataset}.{column.name}",
                passed=row is None,
                detail=f"every value is in {column.references}"
                if row is None
                else f"{row['orphans']} rows whose {column.name} is not in {column.references}"
                f", e.g. row {row['example_row']} of its delivery",
                fix="" if row is None else f"Deliver what is missing in {column.references}, or correct {column.name}.",
                severity="warning",
            )
