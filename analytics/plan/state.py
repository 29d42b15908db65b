"""The state of a plan item, computed from what its evidence shows; nobody can write a state of their own."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

# From nothing to everything, for the three levels: C the product itself does it (first four), I it analyses what
# another system delivers (next three), T it is only tracked, as its owner reports (last four).
STATES = (
    "not_started",
    "data_ready",
    "partial",
    "done",
    "contract",
    "demo_data",
    "live",
    "tracked",
    "reported_in_progress",
    "reported_done",
    "dropped",
)
SETTLED = frozenset({"done", "live", "reported_done", "dropped"})
# What a reader can open; the rest proves it.
SHOWN_KINDS = frozenset({"page", "table", "dataset", "export"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said to show that an item works.

    Attributes
    ----------
    is_complete : bool or None
        Whether it covers the whole of the item's criterion; None for items that the product does not do itself.
    named : tuple of (str, str)
        Kind (``page, table, dataset, export, test``) and name.
    lacks : tuple of str
        Codes of what is still missing; never empty where ``is_complete`` is False.
    """

    is_complete: bool | None
    named: tuple[tuple[str, str], ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an item is.

    Attributes
    ----------
    state : str
        Of :data:`STATES`.
    missing : tuple of (str, str)
        Evidence that is named and does not exist here.
    """

    state: str
    missing: tuple[tuple[str, str], ...]


def standing_of(
    level: str,
    evidence: Evidence,
    *,
    existing: Mapping[str, Set[str]],
    origins: Mapping[str, str],
    reported: str | None = None,
) -> Standing:
    """Return the state of one item.

    Parameters
    ----------
    level : {"C", "I", "T"}
        What the plan's checklist asks of the product.
    evidence : Evidence
        What is claimed.
    existing : mapping
        Kind -> names that exist; a kind that is not a key cannot be looked up here and is taken on trust (tests are
        looked up by the test suite, not by the running application).
    origins : mapping
        Dataset -> ``demo``, ``reference`` or ``delivered`` for the datasets that hold rows.
    reported : str, optional
        What the owner reports: ``not_started``, ``in_progress``, ``done`` or ``dropped``.

    Notes
    -----
    ``done`` needs a complete claim, all named evidence there, something to open and a test. A dataset without rows is
    a contract only. What an owner reports settles items of level T, and dropping an item settles any.
    """
    missing = tuple((kind, name) for kind, name in evidence.named if kind in existing and name not in existing[kind])
    if reported == "dropped":
        return Standing("dropped", missing)
    if level == "C":
        return Standing(_own(evidence, missing, origins), missing)
    if level == "I":
        return Standing(_delivered(evidence, origins), missing)
    state = {"done": "reported_done", "in_progress": "reported_in_progress"}.get(reported or "", "tracked")
    return Standing(state, missing)


def is_settled(state: str) -> bool:
    """Return whether nothing more is owed: such an item is never overdue."""
    return state in SETTLED


def _own(evidence: Evidence, missing: tuple[tuple[str, str], ...], origins: Mapping[str, str]) -> str:
    there = [item for item in evidence.named if item not in missing]
    kinds = {kind for kind, _ in there}
    if evidence.is_complete and not missing and "test" in kinds and kinds & SHOWN_KINDS:
        return "done"
    if kinds & (SHOWN_KINDS - {"dataset"}):
        return "partial"
    return "data_ready" if any(kind == "dataset" and name in origins for kind, name in there) else "not_started"


def _delivered(evidence: Evidence, origins: Mapping[str, str]) -> str:
    datasets = [name for kind, name in evidence.named if kind == "dataset"]
    if not datasets:
        return "tracked"
    found = {origins.get(name, "") for name in datasets}
    if found == {"delivered"}:
        return "live"
    return "contract" if found == {""} else "demo_data"
