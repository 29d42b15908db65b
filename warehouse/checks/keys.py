"""Keys: unique and never null, in every staging view and served table."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict, none_found


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one verdict per keyed table."""
    keyed = [step for step in evidence.steps if step.layer != "arrays"]
    counts = evidence.row_counts(step.name for step in keyed)
    for step in keyed:
        what = f"keys ({', '.join(step.key)}) that are null or not unique in {step.name}"
        if not counts[step.name]:
            yield Verdict(f"keys:{step.name}", passed=True, detail=f"no {what}")
            continue
        key = ", ".join(f'"{column}"' for column in step.key)
        nulls = " or ".join(f'"{column}" is null' for column in step.key)
        yield none_found(
            f"keys:{step.name}",
            evidence,
            f"select {key}, count(*) as row_count from {step.name} group by {key} having count(*) > 1 or {nulls}",
            what=what,
            fix=f"Correct these rows in the delivery, or the join in {step.file.name}.",
        )
