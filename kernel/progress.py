"""How long work reports where it is, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long steps: ``report("streets", 3, 13)`` means 3 of 13 parts of *streets* are done."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Take note of how far a step is."""


def silent(step: str, done: int, total: int) -> None:
    """Ignore the report."""
