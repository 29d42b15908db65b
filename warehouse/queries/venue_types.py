"""The types of venues that a planner may choose from."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from kernel.scope import GrantedScope
from warehouse.queries import _run


def venue_types(scope: GrantedScope) -> pl.DataFrame:
    """Return every type of venue in the order of the codes.

    Returns
    -------
    DataFrame
        venue_type_code, category_code, code_name_zh, code_name_en; the same for every visitor.
    """
    return _types(_run.build_id(), scope)


@lru_cache(maxsize=8)
def _types(build: str, scope: GrantedScope) -> pl.DataFrame:  # noqa: ARG001 - the build is part of the key
    return _run.rows("venue_types.sql", scope)
