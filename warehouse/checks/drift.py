"""Volume drift: a dataset that shrinks or grows a lot against the published snapshot is worth a look."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.checks._evidence import Evidence, Verdict

# A fifth fewer or half as many again is more than a year changes in a registry of venues or people.
SHRINKS, GROWS = 0.8, 1.5


def CHECK(evidence: Evidence) -> Iterator[Verdict]:  # noqa: N802 - registered members are constants
    """Give one warning or pass per served table that the published snapshot has too."""
    known = (evidence.previous or {}).get("tables", {})
    rows_before = {step.name: known.get(step.name, {}).get("rows", 0) for step in evidence.steps if step.is_served}
    for name, now in evidence.row_counts(name for name, rows in rows_before.items() if rows).items():
        before = rows_before[name]
        steady = SHRINKS <= now / before <= GROWS
        yield Verdict(
            f"drift:{name}",
            passed=steady,
            detail=f"{before} rows before, {now} now ({now / before - 1:+.0%})",
            fix="" if steady else "Ask the sender whether the change is meant; `rollback` shows the snapshot before.",
            severity="warning",
        )
