"""Row reconciliation: what the ledger accepted is what the build stands on, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one verdict per dataset and one per core table that keeps every row of its dataset."""
    tables = [f"{layer}{dataset}" for dataset in evidence.contracts for layer in ("staging.stg_", "core.")]
    counts = evidence.row_counts(
        [f"curated.{dataset}" for dataset in evidence.contracts] + [name for name in tables if evidence.has_table(name)]
    )
    for dataset in evidence.contracts:
        batches = [batch for batch in evidence.batches if batch.dataset == dataset]
        accepted = sum(batch.accepted_count or 0 for batch in batches)
        curated = counts[f"curated.{dataset}"]
        staged = counts.get(f"staging.stg_{dataset}", curated)
        # Several deliveries of one key count once, so the union may be smaller than the sum, never larger.
        agrees = curated == staged and (curated == accepted if len(batches) < 2 else 0 < curated <= accepted)
        yield Verdict(
            f"reconciliation:{dataset}",
            passed=agrees,
            detail=f"{accepted} rows accepted in {len(batches)} deliveries, {curated} curated, {staged} staged",
            fix="" if agrees else "Run `python -m warehouse doctor`: a curated file may be damaged or missing.",
        )
        core = f"core.{dataset}"
        if dataset != "region" and core in counts:
            served = counts[core]
            yield Verdict(
                f"reconciliation:{core}",
                passed=served == staged,
                detail=f"{staged} rows staged, {served} in {core}",
                fix="" if served == staged else f"Correct the step that makes {core}: it loses or doubles rows.",
            )
