"""Figures of indicators out of the snapshot, also out of one that does not say how much was delivered."""

from __future__ import annotations

import duckdb
import pytest

from tests.architecture.source import ROOT

QUERY = (ROOT / "warehouse" / "queries" / "indicator_value.sql").read_text("utf-8")


@pytest.mark.parametrize("is_old", [False, True])
def test_figures_of_an_earlier_version_came_in_as_nobody_knows(is_old: bool) -> None:
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.mart_indicator as select 'x' as indicator_code, unnest(['a', 'b']) as region_code,"
        " '2026' as period, 1e0 as numerator, 2e0 as denominator, 5e-1 as value, 'partial' as quality,"
        " 9e-1 as delivered"
    )
    if is_old:
        connection.execute("alter table marts.mart_indicator drop column delivered")
    found = connection.execute(QUERY, {"codes": ["x"], "regions": None}).fetchall()
    share = None if is_old else 0.9
    assert found == [("x", region, "2026", 1.0, 2.0, 0.5, "partial", share) for region in "ab"]
    assert connection.execute(QUERY, {"codes": ["x"], "regions": ["b"]}).fetchall() == found[1:]
