"""Words of the planning pages that the browser writes by itself, and errors in the reader's language."""

from __future__ import annotations

from kernel.errors import UsageError, WordedError
from kernel.words import t

HINTS = (
    "select",
    "add_venue",
    "add_venue_first",
    "add_venue_more",
    "close_venue",
    "move_venue",
    "move_venue_2",
    "change_venue",
    "open_gate",
    "open_gate_2",
    "add_link",
    "add_link_2",
)


def page_words(lang: str) -> dict[str, str]:
    """Return the words that ``assets/planning_whatif.js`` writes; ``{venue}`` and ``{count}`` are filled in there."""
    hints = {f"hint_{code}": t(f"planning.hint_{code}", lang) for code in HINTS}
    return hints | {code: t(f"planning.{code}", lang) for code in ("no_venue_there", "pick_change", "copied")}


def said(error: UsageError, lang: str) -> str:
    """Return what an impossible request tells its reader: what is wrong and how to mend it."""
    message, fix = error.said(lang) if isinstance(error, WordedError) else (error.message, error.fix)
    return " ".join(part for part in (message, fix) if part)
