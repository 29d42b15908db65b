"""The log of broken rules of one delivery: which row, which rule, what to do."""

from __future__ import annotations

import polars as pl

from kernel.errors import Finding
from warehouse.delivery import FAULT_SCHEMA

SHOWN_CHARACTERS = 60
_POSITION = "position"
_LOG_SCHEMA: dict[str, pl.DataType] = {_POSITION: pl.UInt32()} | {
    name: dtype for name, dtype in FAULT_SCHEMA.items() if name != "row_number"
}


class FaultLog:
    """Faults by position in the frame; a row may have many.

    Parameters
    ----------
    file : str
        Name for findings.
    row_number : polars.Series
        Number of every row as a person counts in the file.
    """

    def __init__(self, file: str, row_number: pl.Series) -> None:
        self.file = file
        self.row_number = row_number
        self.notes: list[Finding] = []
        self._parts: list[pl.DataFrame] = [pl.DataFrame(schema=_LOG_SCHEMA)]
        self._settled = pl.Series([], dtype=pl.UInt32)

    def add(
        self,
        mask: pl.Series,
        rule: str,
        column: str | None,
        message: str,
        fix: str,
        *,
        values: pl.Series | None = None,
        hint: pl.Series | None = None,
    ) -> None:
        """Log one rule for every row of a mask.

        Parameters
        ----------
        mask : polars.Series of bool
            One per row; null counts as false.
        rule, column : str
            Code of the rule and contract column (or None).
        message : str
            Sentence; ``{}`` is replaced by the row's value.
        fix : str
            How to mend it.
        values : polars.Series, optional
            One per row; shown shortened.
        hint : polars.Series of str, optional
            One per row; null or a sentence that is appended to the message.
        """
        if not mask.any():
            return
        position = mask.fill_null(value=False).arg_true()
        if len(self._settled):
            position = position.filter(~position.is_in(self._settled.implode()))
        if not len(position):
            return
        text = pl.lit(message)
        data = pl.DataFrame({_POSITION: position})
        if values is not None:
            shown = values.gather(position).cast(pl.String).str.slice(0, SHOWN_CHARACTERS).fill_null("")
            data = data.with_columns(shown.alias("value"))
            head, _, tail = message.partition("{}")
            text = pl.concat_str(pl.lit(head), pl.col("value"), pl.lit(tail))
        if hint is not None:
            data = data.with_columns(hint.gather(position).alias("hint"))
            text = pl.concat_str(text, (pl.lit(" ") + pl.col("hint")).fill_null(""))
        self._parts.append(
            data.select(
                pl.col(_POSITION),
                pl.lit(rule).alias("rule"),
                pl.lit(column, dtype=pl.String).alias("column"),
                text.alias("message"),
                pl.lit(fix).alias("fix"),
            )
        )

    def add_by_row_number(self, faults: pl.DataFrame) -> None:
        """Log faults that a reader found (``FAULT_SCHEMA``)."""
        if faults.is_empty():
            return
        places = pl.DataFrame({"row_number": self.row_number}).with_row_index(_POSITION)
        joined = faults.join(places, on="row_number", how="inner", maintain_order="left")
        self._parts.append(joined.select(list(_LOG_SCHEMA)))

    def settle(self) -> None:
        """Close the rows logged so far: later rules would only repeat that the row is no row of data."""
        self._settled = self.positions()

    def note(self, rule: str, column: str | None, message: str, mask: pl.Series, fix: str = "Nothing to do.") -> None:
        """Note what was mended in accepted rows; the first row of the mask and their number are told."""
        if mask.any():
            position = mask.fill_null(value=False).arg_true()
            first = int(self.row_number[int(position[0])])
            self.notes.append(
                Finding(rule, message, fix, file=self.file, row=first, column=column, count=len(position))
            )

    def positions(self) -> pl.Series:
        """Return the positions of all rows with a fault, ascending."""
        return pl.concat([part[_POSITION] for part in self._parts]).unique().sort()

    def has(self, column: str) -> pl.Series:
        """Return a mask of the rows with a fault in a column."""
        found = pl.concat([part.filter(pl.col("column") == column)[_POSITION] for part in self._parts])
        mask = pl.Series([False]).new_from_index(0, len(self.row_number))
        return mask.scatter(found.unique(), True) if len(found) else mask

    def refused(self) -> pl.DataFrame:
        """Return one row per refused row: position, row_number, first rule, column, all messages, fix."""
        log = pl.concat(self._parts)
        merged = log.group_by(_POSITION, maintain_order=True).agg(
            pl.col("rule").first(),
            pl.col("column").first(),
            pl.col("message").str.join(" "),
            pl.col("fix").first(),
        )
        return merged.sort(_POSITION).select(
            pl.col(_POSITION),
            self.row_number.gather(merged.sort(_POSITION)[_POSITION]).alias("row_number"),
            "rule",
            "column",
            "message",
            "fix",
        )

    def findings(self) -> list[Finding]:
        """Return one finding per rule, column and way to mend it, in the order of their first rows."""
        log = pl.concat(self._parts).sort(_POSITION, maintain_order=True)
        grouped = log.group_by("rule", "column", "fix", maintain_order=True).agg(
            pl.col(_POSITION).first(),
            pl.col("message").first(),
            pl.col(_POSITION).n_unique().alias("count"),
        )
        return [
            Finding(
                rule=row["rule"],
                message=row["message"],
                fix=row["fix"],
                file=self.file,
                row=int(self.row_number[row[_POSITION]]),
                column=row["column"],
                count=row["count"],
            )
            for row in grouped.iter_rows(named=True)
        ]
