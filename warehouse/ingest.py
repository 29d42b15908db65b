"""The contract check: a delivered file or frame in, accepted rows and refused rows with reasons out."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.delivery import CheckContext, Checked, DeliveryOptions

__all__ = ["CheckContext", "Checked", "DeliveryOptions", "check_delivery", "check_frame"]


def check_delivery(dataset: str, path: Path, options: DeliveryOptions, context: CheckContext) -> Checked:
    """Return the checked rows of a delivered file."""
    raise NotImplementedError


def check_frame(dataset: str, frame: pl.DataFrame, context: CheckContext) -> Checked:
    """Return the checked rows of a frame in memory."""
    raise NotImplementedError
