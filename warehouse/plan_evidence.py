"""What is said to show that each item of the plans works: ``warehouse/reference/plan_evidence.csv``."""

from __future__ import annotations

from functools import cache

from analytics.plan import Evidence
from kernel.errors import UsageError
from warehouse import reference_tables

KINDS = ("page", "table", "dataset", "export", "test")


@cache
def plan_evidence() -> dict[str, Evidence]:
    """Return the evidence by item.

    Raises
    ------
    UsageError
        When a line names a kind of evidence that nobody can look up, or a claim is complete and lacks something.
    """
    found = {}
    for row in reference_tables.table("plan_evidence").iter_rows(named=True):
        named = tuple(_split(part, row["item_id"]) for part in (row["evidence"] or "").split())
        lacks = tuple((row["lacks"] or "").split())
        is_complete = None if row["is_complete"] is None else row["is_complete"] == "yes"
        if is_complete and lacks:
            raise UsageError(f"{row['item_id']} is called complete and lacks {lacks}.", fix="Keep one of the two.")
        found[row["item_id"]] = Evidence(is_complete, named, lacks)
    return found


def _split(part: str, item: str) -> tuple[str, str]:
    kind, _, name = part.partition(":")
    if kind not in KINDS or not name:
        raise UsageError(f"{item} names the evidence {part!r}.", fix=f"Write kind:name with one of {', '.join(KINDS)}.")
    return kind, name
