"""What makes a delivery wait for a second pair of eyes: it is the first, much smaller or larger, or quite different."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from kernel import clock
from kernel.errors import Finding
from kernel.settings import Settings
from warehouse.batches import Batch
from warehouse.contract import Column, Contract, contract
from warehouse.contract_terms import NUMERIC
from warehouse.delivery import LAWFUL_BASES, Checked

# A delivery of a new period that is two fifths smaller, or twice as large, as the one before is looked at.
SHRINKS, GROWS = 0.6, 2.0
# Counts below this differ a lot by chance.
FEWEST_ROWS = 20
# The population stability index above which distributions are called different in credit scoring (Siddiqi 2006).
DRIFT_PSI = 0.25
FEWEST_FOR_DRIFT = 100
BINS = 10
MINOR_AGE = 14
BIRTH_COLUMNS = ("birth_on", "birth_year", "birth_date")
AGE_COLUMNS = ("age", "age_year", "age_years")
CONSENT_COLUMNS = ("has_guardian_consent", "guardian_consent", "lawful_basis")
_LOOK = "An analyst or administrator who did not send it looks at it and approves it, or turns it down with a reason."


def reasons_to_hold(checked: Checked, batch: Batch, known: Sequence[Batch], settings: Settings) -> list[Finding]:
    """Return why a checked delivery of an account must be approved by another; nothing for the command line.

    Parameters
    ----------
    checked : Checked
        The delivery.
    batch : Batch
        Who sent it, and how.
    known : sequence of Batch
        Every batch of the dataset, this one included.
    settings : Settings
        Says where the curated files are.
    """
    if not batch.account_id or not checked.accepted_count:
        return []
    before = [
        other
        for other in known
        if other.batch_id != batch.batch_id
        and other.origin == "delivered"
        and other.state in ("accepted", "superseded")
        and other.unit_code == batch.unit_code
        # What came on the command line was sent by whoever runs the machine, and by no unit.
        and other.account_id
    ]
    terms = contract(batch.dataset)
    found = _minors(checked.frame, terms, batch)
    if batch.replaces_all and any(other.state == "accepted" for other in before):
        message = "The delivery replaces all rows that were delivered before."
        found.append(Finding("REPLACES_ALL", message, _LOOK, file=batch.file_name))
    if not before:
        message = f"It is the first delivery of {batch.dataset} by this unit."
        return [Finding("FIRST_DELIVERY", message, _LOOK, file=batch.file_name), *found]
    if _is_repair(checked.delivered_count, batch, known):
        # Mended rows are a part of a delivery: neither their number nor their distribution says anything.
        return found
    # A few mended rows are no measure of the next delivery.
    last = next((other for other in reversed(before) if not other.options.get("repairs")), before[-1])
    found += _volume(checked.accepted_count, last, batch)
    path = settings.data_dir / str(last.curated_path)
    if path.is_file():
        found += _drift(checked.frame, pl.read_parquet(path), terms, batch)
    return found


def _is_repair(count: int, batch: Batch, known: Sequence[Batch]) -> bool:
    """Return whether a delivery mends refused rows, and no more than were refused: the claim alone proves nothing."""
    mended = next((other for other in known if other.batch_id == batch.options.get("repairs")), None)
    if mended is None or mended.unit_code != batch.unit_code:
        return False
    return count <= (mended.refused_count or 0)


def _volume(count: int, last: Batch, batch: Batch) -> list[Finding]:
    previous = last.accepted_count or 0
    message = f"{previous:,} -> {count:,} ({count / max(previous, 1) - 1:+.0%})"
    if previous >= FEWEST_ROWS and count <= SHRINKS * previous:
        return [Finding("VOLUME_DROP", message, _LOOK, file=batch.file_name)]
    # Whoever once sent a few rows must not be able to send any number after them.
    if count >= GROWS * max(previous, FEWEST_ROWS):
        return [Finding("VOLUME_RISE", message, _LOOK, file=batch.file_name)]
    return []


def _drift(frame: pl.DataFrame, last: pl.DataFrame, terms: Contract, batch: Batch) -> list[Finding]:
    found = []
    for column in terms.columns:
        is_compared = column.type in (*NUMERIC, "code", "boolean") and column.name not in terms.key
        if not is_compared or column.name == terms.period_column or column.name not in last.columns:
            continue
        index = _stability(last[column.name], frame[column.name], column)
        if index is not None:
            message = f"PSI {index:.2f} > {DRIFT_PSI}"
            found.append(Finding("DRIFT", message, _LOOK, file=batch.file_name, column=column.name))
    return found


def _stability(before: pl.Series, now: pl.Series, column: Column) -> float | None:
    """Return the population stability index where it says that two columns differ, else None."""
    before, now = before.drop_nulls(), now.drop_nulls()
    if min(len(before), len(now)) < FEWEST_FOR_DRIFT:
        return None
    if column.type in NUMERIC:
        # The edges are read off both: a measure that is zero for most rows has few of them.
        edges = np.unique(np.quantile(before.to_numpy(), np.linspace(0, 1, BINS + 1)[1:-1]))
        kinds = np.arange(len(edges) + 1)
        old, new = (np.searchsorted(edges, cells.to_numpy(), side="left") for cells in (before, now))
    else:
        kinds, both = np.unique(np.concatenate([before.cast(pl.String), now.cast(pl.String)]), return_inverse=True)
        old, new = both[: len(before)], both[len(before) :]
        kinds = np.arange(len(kinds))
    index = population_stability(np.bincount(old, minlength=len(kinds)), np.bincount(new, minlength=len(kinds)))
    # With n rows each and k classes, equal populations give (k - 1) (1/n + 1/m) on average, three times that rarely.
    chance = 3.0 * max(1, len(kinds) - 1) * (1 / len(before) + 1 / len(now))
    return index if index > max(DRIFT_PSI, chance) else None


def population_stability(before: np.ndarray, now: np.ndarray) -> float:
    """Return the population stability index of two counts over the same classes.

    Parameters
    ----------
    before, now : numpy.ndarray of int, shape (classes,)
        Rows in each class; half a row is added to each, so that an empty class does not make it infinite.

    Notes
    -----
    Sum over the classes of (p - q) ln(p / q): 0 for equal shares, above 0.25 for a marked shift (Siddiqi 2006,
    Credit Risk Scorecards). It is the symmetric Kullback-Leibler divergence.
    """
    p, q = ((counts + 0.5) / (counts + 0.5).sum() for counts in (before, now))
    return float(((p - q) * np.log(p / q)).sum())


def _minors(frame: pl.DataFrame, terms: Contract, batch: Batch) -> list[Finding]:
    """Return the finding for minors of whom nobody says on what basis they are told (个人信息保护法 art. 31).

    All rows of a contract of minors count, else those whose age is told and below :data:`MINOR_AGE`. The delivery may
    name its basis, or rows the consent of guardians.
    """
    told = _told_ages(terms)
    if batch.options.get("lawful_basis") in LAWFUL_BASES or not (terms.minors or told):
        return []
    young = pl.lit(value=True)
    if told is not None and not terms.minors:
        young = _age(frame, told, batch) < MINOR_AGE
    consent = next((name for name in CONSENT_COLUMNS if name in terms.column_names), None)
    if consent is not None:
        is_given = pl.col(consent) if frame.schema[consent] == pl.Boolean else pl.col(consent).is_not_null()
        young &= ~is_given.fill_null(value=False)
    count = frame.filter(young.fill_null(value=False)).height
    if not count:
        return []
    who = "minors" if terms.minors else f"children under {MINOR_AGE}"
    message = f"{count} rows are of {who}, without a lawful basis or a recorded consent of their guardians."
    return [Finding("MINOR_BASIS", message, _LOOK, file=batch.file_name, column=consent or told, count=count)]


def _told_ages(terms: Contract) -> str | None:
    """Return the column of personal data that tells how old people are."""
    if terms.sensitivity not in ("personal", "sensitive"):
        return None
    return next((name for name in (*BIRTH_COLUMNS, *AGE_COLUMNS) if name in terms.column_names), None)


def _age(frame: pl.DataFrame, column: str, batch: Batch) -> pl.Expr:
    if column in AGE_COLUMNS:
        return pl.col(column)
    today: date = clock.from_stored(batch.received_at).astimezone(clock.SHANGHAI).date()
    is_date = frame.schema[column] == pl.Date
    return today.year - (pl.col(column).dt.year() if is_date else pl.col(column).cast(pl.Int64, strict=False))
