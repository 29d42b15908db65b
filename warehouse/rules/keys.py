"""Rules that look at whole rows: totals among the data, equal rows, equal keys."""

from __future__ import annotations

import polars as pl

from warehouse.contract import Contract
from warehouse.delivery import GEOMETRY
from warehouse.rules.faults import FaultLog

_TOTAL = r"(?i)^(全[省市县区国])?(合计|总计|小计|总数|(grand |sub-?)?total|sum)[:：]?$"
# What every such text has in it, however it is spaced: one look that spares nearly all columns the rewriting.
_TOTAL_LIKE = r"(?i)[计数]|t\s*o\s*t\s*a\s*l|s\s*u\s*m"
_ROWS_SHOWN = 5


def check_totals(frame: pl.DataFrame, columns: dict[str, str], contract: Contract, log: FaultLog) -> None:
    """Log ``TOTAL_ROW`` for rows that sum up others.

    A row counts as a total when its first cell or a key cell reads 合计, 总计, 小计, total or the like, or when any
    cell does while a key cell is empty.

    Parameters
    ----------
    frame : polars.DataFrame
        As delivered.
    columns : dict
        Contract column -> delivered column.
    """
    texts = [name for name in frame.columns if frame[name].dtype == pl.String]
    keys = [columns[name] for name in contract.key if name in columns and columns[name] in texts]
    first = [name for name in frame.columns if name not in ("row_number", GEOMETRY)][:1]
    says_total = {name: _reads_total(frame[name]) for name in texts}
    none = pl.Series([False], dtype=pl.Boolean).new_from_index(0, frame.height)
    total, keyless = none, none
    for name in keys:
        keyless |= frame[name].is_null() | (frame[name].str.strip_chars() == "")
    for name, mask in says_total.items():
        total |= mask if name in keys or name in first else mask & keyless
    log.add(
        total,
        "TOTAL_ROW",
        None,
        "The row is a total over other rows.",
        "Delete rows that sum up others; totals are computed here.",
    )


def _reads_total(cells: pl.Series) -> pl.Series:
    """Return which cells read as the word total; spaces inside (合 计) do not matter."""
    short = ((cells.str.len_chars() <= 16) & cells.str.contains(_TOTAL_LIKE)).fill_null(value=False)
    if not short.any():
        return short
    plain = cells.str.replace_all(r"\s", "").str.replace("(?i)^grandtotal", "grand total")
    return (short & plain.str.contains(_TOTAL)).fill_null(value=False)


def check_keys(values: pl.DataFrame, contract: Contract, log: FaultLog) -> pl.Series:
    """Return which rows repeat an earlier row; rows that share only their key are logged as ``KEY_DUPLICATE``.

    Parameters
    ----------
    values : polars.DataFrame
        Contract columns (and ``geometry``), plus ``position`` (index of the row in the delivery); only rows without a
        fault.

    Returns
    -------
    polars.Series of uint32
        Positions of the repeats.
    """
    shared = values.filter(values.select(contract.key).is_duplicated())
    if shared.is_empty():
        return pl.Series([], dtype=pl.UInt32)
    content = [name for name in values.columns if name != "position"]
    first = shared.select(pl.struct(content).is_first_distinct()).to_series()
    distinct = shared.filter(first)
    clashing = distinct.filter(distinct.select(contract.key).is_duplicated())
    if not clashing.is_empty():
        _log_clashes(clashing, contract, log)
    return shared.filter(~first)["position"]


def _log_clashes(clashing: pl.DataFrame, contract: Contract, log: FaultLog) -> None:
    rows = log.row_number.gather(clashing["position"])
    named = clashing.select(
        "position",
        pl.concat_str([pl.col(name).cast(pl.String) for name in contract.key], separator=", ").alias("key"),
        rows.alias("row"),
    )
    listed = named.group_by("key").agg(
        pl.col("row").sort().head(_ROWS_SHOWN).cast(pl.String).str.join(", ").alias("rows"), pl.len().alias("count")
    )
    named = named.join(listed, on="key", maintain_order="left")
    at = named["position"]
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(log.row_number))
    # Series.scatter works in place, so each gets its own copy.
    keys = empty.clone().scatter(at, named["key"])
    hint = empty.clone().scatter(at, "It is on rows " + named["rows"] + ".")
    log.add(
        keys.is_not_null(),
        "KEY_DUPLICATE",
        contract.key[0],
        "The key {} is given to several rows with different content.",
        f"Keep one row per {contract.grain} or correct the key ({', '.join(contract.key)}).",
        values=keys,
        hint=hint,
    )
