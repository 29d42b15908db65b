"""Faults and shocks that the demo plants on purpose, kept as ground truth so that detection can be scored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

# Shocks of a county's month (monthly), faults of single rows or devices (entity), faults of delivering (delivery).
KINDS = ("spike", "drop", "shift", "zero", "unit", "repeated", "outlier", "stuck", "missing", "late", "refused")


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted fault or shock.

    Attributes
    ----------
    dataset, kind : str
        Where, and which of :data:`KINDS`.
    region_code : str or None
        County or city that it is seen in.
    entity : str or None
        Key of the one thing that it strikes: a device, an outlet, a venue.
    started_on, ended_on : date
        First and last day.
    factor : float or None
        What the true figure was multiplied with.
    note : str
        In words, for a reader.
    """

    dataset: str
    kind: str
    region_code: str | None
    entity: str | None
    started_on: date
    ended_on: date
    factor: float | None
    note: str


def planted_frame(planted: list[Planted]) -> pl.DataFrame:
    """Return the dataset ``demo_anomaly``: what was planted, one row each. Key: ``anomaly_id``.

    Raises
    ------
    ValueError
        When a kind is not one of :data:`KINDS`.
    """
    if strange := {item.kind for item in planted} - set(KINDS):
        raise ValueError(f"unknown kinds of planted faults: {sorted(strange)}")
    schema = {
        "dataset": pl.String,
        "kind": pl.String,
        "region_code": pl.String,
        "entity": pl.String,
        "started_on": pl.Date,
        "ended_on": pl.Date,
        "factor": pl.Float64,
        "note": pl.String,
    }
    frame = pl.DataFrame([asdict(item) for item in planted], schema=schema)
    frame = frame.sort("dataset", "kind", "region_code", "entity", "started_on", nulls_last=True).rename(
        {"kind": "kind_code"}
    )
    number = pl.int_range(1, frame.height + 1, eager=True).cast(pl.String).str.zfill(5)
    return frame.insert_column(0, ("A" + number).alias("anomaly_id"))
