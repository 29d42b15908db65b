"""Reference tables carried in with the project: where they lie and how they are read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

_FOLDER = Path(__file__).resolve().parent / "reference"


@lru_cache(maxsize=16)
def table(name: str) -> pl.DataFrame:
    """Return a reference table as text columns.

    Parameters
    ----------
    name : str
        File name under ``warehouse/reference`` without ``.csv``.
    """
    return pl.read_csv(_FOLDER / f"{name}.csv", infer_schema=False)


@lru_cache(maxsize=1)
def code_lists() -> tuple[pl.DataFrame, ...]:
    """Return the tables of ``warehouse/reference/code_lists``, one a theme.

    Returns
    -------
    tuple of polars.DataFrame
        ``list_name, code, parent_code, code_name_zh, code_name_en, standard, source`` as text.
    """
    return tuple(pl.read_csv(path, infer_schema=False) for path in sorted((_FOLDER / "code_lists").glob("*.csv")))
