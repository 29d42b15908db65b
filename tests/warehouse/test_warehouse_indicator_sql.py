"""The frame around the SQL of indicators, on a province of two cities and three counties made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.indicator import Indicator, indicators
from warehouse import indicator_sql
from warehouse.indicator_sql import all_tables, counts_sql, fine, measured_sql, parts_sql, tables_of

PROVINCE, WEST, EAST = "320000", "320100", "320200"
COUNTY_OF = {"320102": WEST, "320104": WEST, "320205": EAST}
RESIDENTS = {"320102": 100, "320104": 300, "320205": 600}
Measure = Callable[..., dict[tuple[str, str], tuple[Any, ...]]]


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("create schema core; create schema marts")
    made.execute("create table core.region (region_code varchar, level varchar)")
    made.execute("create table core.region_above (region_code varchar, above_code varchar)")
    made.execute("create table core.population (region_code varchar, resident_count bigint)")
    made.execute(
        "create table marts.mart_month as select '2026-02' as month, date '2026-02-01' as began_on, true as is_newest"
    )
    made.execute(
        "create table marts.mart_quality_count"
        " (dataset varchar, region_code varchar, month varchar, check_code varchar, failed_count bigint)"
    )
    made.execute(
        "create table counts"
        " (region_code varchar, period varchar, part_code varchar, numerator double, denominator double, value double)"
    )
    levels = {PROVINCE: "province", WEST: "city", EAST: "city"} | dict.fromkeys(COUNTY_OF, "county")
    made.executemany("insert into core.region values (?, ?)", list(levels.items()))
    above = [(code, code) for code in levels] + [(code, PROVINCE) for code in (WEST, EAST)]
    above += [(county, code) for county, city in COUNTY_OF.items() for code in (city, PROVINCE)]
    made.executemany("insert into core.region_above values (?, ?)", above)
    made.executemany("insert into core.population values (?, ?)", list(RESIDENTS.items()))
    return made


def made(**changes: Any) -> Indicator:
    terms = {
        "code": "x", "system": "mass", "name_zh": "甲", "name_en": "A", "unit": "", "direction": "up", "area": "county",
        "period": "month", "combination": "sum", "accumulation": "flow", "inputs": ("event",), "formula_zh": "甲",
        "formula_en": "a", "method_zh": "甲", "method_en": "a", "source_zh": "甲", "source_en": "s",
        "part": "event_kind",
    }  # fmt: skip
    return Indicator(**{**terms, **changes})


def ratio(**changes: Any) -> Indicator:
    return made(**{"combination": "ratio", "least_count": 5, "factor": 100.0, **changes})


@pytest.fixture
def measure(connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Return a function: indicator, rows of its SQL -> numerator, denominator, value, quality by area and period."""
    monkeypatch.setattr(indicator_sql, "counts_sql", lambda _code: "select * from counts")

    def measured(indicator: Indicator, *rows: tuple[Any, ...]) -> dict[tuple[str, str], tuple[Any, ...]]:
        fill(connection, rows)
        found = connection.execute(measured_sql(indicator)).fetchall()
        assert len({row[1:3] for row in found}) == len(found)
        return {(region, period): tuple(rest) for _, region, period, *rest, _ in found}

    return measured


def received(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> dict[tuple[str, str], tuple[str, Any]]:
    """Return quality and the share that came in, by area and period, of what `measure` counted last."""
    found = connection.execute(measured_sql(indicator)).fetchall()
    return {(region, period): (quality, share) for _, region, period, *_, quality, share in found}


def fill(connection: duckdb.DuckDBPyConnection, rows: Any) -> None:
    """Put ``(region, period, part, numerator, denominator[, value])`` where the SQL of the indicator finds it."""
    connection.execute("delete from counts")
    connection.executemany("insert into counts values (?, ?, ?, ?, ?, ?)", [(*row, None)[:6] for row in rows])


def lose(connection: duckdb.DuckDBPyConnection, city: str, month: str, dataset: str = "event") -> None:
    row = [dataset, city, month, "missing:delivery", 1]
    connection.execute("insert into marts.mart_quality_count values (?, ?, ?, ?, ?)", row)


def test_sums_add_up_and_are_zero_where_nothing_was_counted(measure: Measure) -> None:
    found = measure(
        made(factor=2.0),
        ("320102", "2026-01", "a", 3, None),
        ("320102", "2026-01", "b", 4, None),
        ("320205", "2026-02", "a", 5, None),
    )
    assert found["320102", "2026-01"] == (7, None, 14, "ok")
    assert found["320104", "2026-01"] == (0, None, 0, "ok")
    assert found["320205", "2026-01"] == (0, None, 0, "ok")
    assert found[WEST, "2026-01"] == found[PROVINCE, "2026-01"] == (7, None, 14, "ok")
    assert found[PROVINCE, "2026-02"] == (5, None, 10, "ok")
    assert len(found) == 6 * 2


@pytest.mark.parametrize("combination", ["sum", "ratio"])
def test_what_lies_inside_the_smallest_area_is_counted_there(measure: Measure, combination: str) -> None:
    indicator = made(area="city") if combination == "sum" else ratio(area="city")
    found = measure(
        indicator,
        ("320102", "2026-01", "a", 3, 10),
        ("320104", "2026-01", "a", 4, 10),
        (WEST, "2026-01", "b", 1, 10),
        (PROVINCE, "2026-01", "b", 2, 10),
    )
    assert {region for region, _ in found} - {EAST} == {WEST, PROVINCE}
    assert found[WEST, "2026-01"][0] == 8
    assert found[PROVINCE, "2026-01"][0] == 10


def test_a_ratio_is_the_ratio_of_sums_and_has_no_value_without_a_denominator(measure: Measure) -> None:
    found = measure(
        ratio(),
        ("320102", "2026-01", "a", 1, 4),
        ("320104", "2026-01", "a", 3, 4),
        ("320104", "2026-01", "b", 2, 2),
        ("320205", "2026-01", "a", 0, 0),
    )
    assert found["320102", "2026-01"] == (1, 4, 25, "few")
    assert found["320104", "2026-01"] == (5, 6, round(500 / 6, 9), "ok")
    assert found[WEST, "2026-01"] == found[PROVINCE, "2026-01"] == (6, 10, 60, "ok")
    assert ("320205", "2026-01") not in found
    assert (EAST, "2026-01") not in found


def test_residents_of_every_area_are_the_denominator_even_where_nothing_was_counted(measure: Measure) -> None:
    found = measure(made(combination="per_resident", factor=1000.0), ("320102", "2026-01", "a", 6, None))
    assert found["320102", "2026-01"] == (6, 100, 60, "ok")
    assert found["320205", "2026-01"] == (0, 600, 0, "ok")
    assert found[WEST, "2026-01"] == (6, 400, 15, "ok")
    assert found[PROVINCE, "2026-01"] == (6, 1000, 6, "ok")


def test_what_was_counted_for_a_whole_city_is_in_the_city_and_the_province_and_in_no_county(measure: Measure) -> None:
    rows = (("320102", "2026-01", "a", 6, None), (WEST, "2026-01", "a", 10, None), (PROVINCE, "2026-01", "b", 4, None))
    total = measure(made(), *rows)
    assert {code: total[code, "2026-01"][0] for code in ("320102", "320104", WEST, EAST, PROVINCE)} == {
        "320102": 6, "320104": 0, WEST: 16, EAST: 0, PROVINCE: 20,
    }  # fmt: skip
    share = measure(ratio(), *((*row[:4], 2 * row[3]) for row in rows))
    assert share[WEST, "2026-01"] == (16, 32, 50, "ok")
    assert share[PROVINCE, "2026-01"] == (20, 40, 50, "ok")
    # Nobody lives in a city besides those who live in its counties.
    living = measure(made(combination="per_resident", factor=1000.0), *rows)
    assert living["320102", "2026-01"] == (6, 100, 60, "ok")
    assert living[WEST, "2026-01"] == (16, 400, 40, "ok")
    assert living[PROVINCE, "2026-01"] == (20, 1000, 20, "ok")


@pytest.mark.parametrize(
    ("kind", "dropped", "kept"),
    [("month", "2023-01", "2023-02"), ("quarter", "2022-Q4", "2023-Q1"), ("week", "2023-W04", "2023-W05"),
     ("year", "", "1999")],
)  # fmt: skip
def test_parts_are_kept_of_three_years_and_where_something_was_counted(
    measure: Measure, connection: duckdb.DuckDBPyConnection, kind: str, dropped: str, kept: str
) -> None:
    fill(
        connection,
        [("320102", period, "a", 1, None) for period in (dropped, kept) if period] + [(EAST, kept, "a", 0, None)],
    )
    found = connection.execute(parts_sql(made(period=kind))).fetchall()
    assert {row[1:4] for row in found} == {(code, kept, "a") for code in ("320102", WEST, PROVINCE)}
    # A base without anything in it is a share of nought.
    fill(connection, [("320102", kept, "a", 0, 7), ("320104", kept, "a", 0, 0)])
    found = connection.execute(parts_sql(ratio(period=kind))).fetchall()
    assert {row[1:] for row in found} == {(code, kept, "a", 0, 7) for code in ("320102", WEST, PROVINCE)}


@pytest.mark.parametrize("private", [True, False])
def test_no_parts_of_persons_are_told_of_a_period_in_which_any_of_them_is_small(
    measure: Measure, connection: duckdb.DuckDBPyConnection, private: bool
) -> None:
    rows = [("320102", "2026-01", "a", 4, 9), ("320104", "2026-01", "a", 4, 90), ("320205", "2026-01", "b", 4, 90)]
    fill(connection, [*rows, ("320102", "2026-02", "a", 4, 10), ("320205", "2026-02", "b", 4, 90)])
    found = connection.execute(parts_sql(ratio(is_private=private))).fetchall()
    assert {row[2] for row in found} == ({"2026-02"} if private else {"2026-01", "2026-02"})
    assert all(row[5] >= 10 for row in found if row[2] == "2026-02")


@pytest.mark.parametrize("lost", ["event", "budget"])
def test_a_month_of_which_either_side_was_not_delivered_has_no_value(
    measure: Measure, connection: duckdb.DuckDBPyConnection, lost: str
) -> None:
    lose(connection, WEST, "2026-01", lost)
    lose(connection, EAST, "2026-01", "club")
    rows = [(region, month, "a", 1, 10) for region in ("320102", "320205") for month in ("2026-01", "2026-02")]
    found = measure(ratio(inputs=("event", "budget")), *rows)
    assert found["320102", "2026-01"] == (1, 10, None, "missing")
    assert found[PROVINCE, "2026-01"] == (2, 20, 10, "partial")
    assert found["320205", "2026-01"][-1] == found["320102", "2026-02"][-1] == "ok"


def test_few_persons_of_no_known_part_are_not_told_by_what_is_left(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    rows = [("320102", month, part, 4, 40) for month in ("2026-01", "2026-02") for part in "ab"]
    fill(connection, [*rows, ("320104", "2026-01", None, 1, 3), ("320104", "2026-02", None, 1, 30)])
    found = connection.execute(parts_sql(ratio(is_private=True))).fetchall()
    assert {row[2:4] for row in found} == {("2026-02", "a"), ("2026-02", "b")}


def test_what_is_counted_at_the_end_of_a_year_misses_no_month_before(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute("create or replace table marts.mart_month as select * from marts.mart_month where false")
    connection.execute("alter table marts.mart_month add column is_year_end boolean")
    connection.execute("insert into marts.mart_month values ('2025-12', date '2025-12-01', true, true)")
    rows = [("320102", "2025", "a", 1, 10), ("320205", "2025", "a", 1, 10)]
    at_end = ratio(period="year", inputs=("event", "club"), at_end=("club",))
    lose(connection, WEST, "2025-03", "club")
    assert measure(at_end, *rows)[PROVINCE, "2025"][-1] == "ok"
    lose(connection, EAST, "2025-12", "club")
    assert measure(at_end, *rows)[EAST, "2025"][-1] == measure(at_end, *rows)[PROVINCE, "2025"][-1] == "partial"
    lose(connection, WEST, "2025-03", "event")
    assert measure(at_end, *rows)[WEST, "2025"][-1] == "partial"


def test_what_cannot_be_added_is_taken_as_the_sql_gives_it(measure: Measure) -> None:
    found = measure(
        made(combination="own", area="city", least_count=5),
        (WEST, "2026-01", None, 9, 9, 1.25),
        (PROVINCE, "2026-01", None, 4, 4, 7.0),
        (EAST, "2026-01", None, 1, 1, None),
    )
    assert found == {(WEST, "2026-01"): (9, 9, 1.25, "ok"), (PROVINCE, "2026-01"): (4, 4, 7, "few")}


def test_a_month_that_was_not_delivered_is_missing_there_and_partial_above(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    lose(connection, EAST, "2026-01")
    lose(connection, WEST, "2026-02", dataset="another")
    rows = [("320102", month, "a", 3, 10) for month in ("2026-01", "2026-02")] + [("320205", "2026-02", "a", 1, 10)]
    for indicator, nothing in ((made(), (0, None)), (ratio(), (None, None))):
        found = measure(indicator, *rows)
        assert found["320205", "2026-01"] == found[EAST, "2026-01"] == (*nothing, None, "missing")
        assert found[PROVINCE, "2026-01"][2:] == (30 if indicator.factor > 1 else 3, "partial")
        assert {found[place, "2026-01"][3] for place in (WEST, "320102")} == {"ok"}
        assert {quality for (_, month), (*_, quality) in found.items() if month == "2026-02"} == {"ok"}


@pytest.mark.parametrize(("period", "kind"), [("2026-Q1", "quarter"), ("2026", "year")])
def test_a_longer_period_that_lacks_a_month_is_partial_with_its_value(
    measure: Measure, connection: duckdb.DuckDBPyConnection, period: str, kind: str
) -> None:
    lose(connection, EAST, "2026-01")
    connection.execute("update marts.mart_month set month = '2026-12'")
    found = measure(made(period=kind), ("320205", period, "a", 2, None), ("320102", period, "a", 3, None))
    assert found["320205", period] == (2, None, 2, "partial")
    assert found[PROVINCE, period] == (5, None, 5, "partial")
    assert found[WEST, period] == (3, None, 3, "ok")


def test_how_much_came_in_is_told_by_months_and_residents(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    rows = [(county, "2025", "a", 1, None) for county in COUNTY_OF]
    year = made(period="year", inputs=("event", "club"))
    lose(connection, WEST, "2025-03")
    lose(connection, WEST, "2025-03", "club")
    measure(year, *rows)
    found = received(connection, year)
    # One month of twelve of 400 residents of 1000; a month of which both sides are lost is lost once.
    assert found[PROVINCE, "2025"] == ("partial", pytest.approx(1 - 400 / 12_000))
    assert {found[place, "2025"] for place in (WEST, "320102", "320104")} == {("partial", round(11 / 12, 9))}
    assert {found[place, "2025"] for place in (EAST, "320205")} == {("ok", 1.0)}
    # Of 6000 residents in all, it is nearly the whole.
    connection.execute("update core.population set resident_count = 5600 where region_code = '320205'")
    assert received(connection, year)[PROVINCE, "2025"] == ("nearly", pytest.approx(1 - 400 / 72_000))
    lose(connection, PROVINCE, "2025-04")
    assert received(connection, year)[PROVINCE, "2025"] == ("partial", pytest.approx(1 - 400 / 72_000 - 1 / 12))
    assert received(connection, year)[EAST, "2025"] == ("partial", round(11 / 12, 9))
    # A month is missing in its city; where somebody's residents are not known nobody can say how much that is.
    month = made()
    measure(month, ("320205", "2025-03", "a", 1, None))
    assert received(connection, month)[WEST, "2025-03"] == ("missing", 0.0)
    connection.execute("delete from core.population where region_code in ('320102', '320104')")
    assert received(connection, month)[PROVINCE, "2025-03"] == ("partial", None)


def test_a_figure_is_nearly_whole_from_the_share_that_stands_once(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    rows = [("320102", "2025-03", "a", 9, 10), ("320205", "2025-03", "a", 1, 10)]
    lose(connection, EAST, "2025-03")
    for west, quality in ((49_000, "nearly"), (48_999, "partial")):
        connection.execute("delete from core.population")
        connection.execute("insert into core.population values ('320102', ?), ('320205', 1000)", [west])
        found = measure(ratio(), *rows)
        assert found[PROVINCE, "2025-03"] == (10, 20, 50, quality), "nothing is filled in"
        assert received(connection, ratio())[PROVINCE, "2025-03"][1] == pytest.approx(west / (west + 1000), abs=1e-9)


def test_what_is_counted_at_the_end_alone_loses_all_of_the_year(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute("alter table marts.mart_month add column is_year_end boolean")
    connection.execute("update marts.mart_month set month = '2025-12', is_year_end = true")
    at_end = ratio(period="year", inputs=("event", "club"), at_end=("club",))
    lose(connection, WEST, "2025-12", "club")
    measure(at_end, ("320102", "2025", "a", 1, 10), ("320205", "2025", "a", 1, 10))
    assert received(connection, at_end)[WEST, "2025"] == ("partial", 0.0)
    assert received(connection, at_end)[PROVINCE, "2025"] == ("partial", pytest.approx(0.6))


def test_a_period_that_is_not_over_says_so_even_where_a_delivery_is_lost(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    lose(connection, WEST, "2026-01")
    year = made(period="year")
    assert measure(year, ("320102", "2026", "a", 1, None))[PROVINCE, "2026"][3] == "provisional"
    assert received(connection, year)[PROVINCE, "2026"] == ("provisional", pytest.approx(1 - 400 / 12_000))


@pytest.mark.parametrize(
    ("kind", "over", "running"),
    [("year", "2025", "2026"), ("quarter", "2025-Q4", "2026-Q1"), ("month", "2026-02", "2026-03"),
     ("week", "2026-W08", "2026-W10"), ("day", "2026-02-28", "2026-03-01"), ("hour", "2026-02-01T08", "2026-03-01T00")],
)  # fmt: skip
def test_a_period_that_is_not_over_is_provisional(measure: Measure, kind: str, over: str, running: str) -> None:
    found = measure(made(period=kind), ("320102", over, "a", 1, None), ("320102", running, "a", 1, None))
    assert found["320102", over][3] == "ok"
    assert found["320102", running][3] == "provisional"


def test_shorter_periods_are_measured_apart(measure: Measure, connection: duckdb.DuckDBPyConnection) -> None:
    indicator = ratio(fine_period="day")
    rows = [("320102", period, "a", 1, 8) for period in ("2026-01", "2026-01-30", "2026-01-31")]
    assert {period for _, period in measure(indicator, *rows)} == {"2026-01"}
    assert {period for _, period in measure(fine(indicator), *rows)} == {"2026-01-30", "2026-01-31"}
    assert {row[2] for row in connection.execute(parts_sql(indicator)).fetchall()} == {"2026-01"}
    with pytest.raises(ValueError, match="no shorter periods"):
        fine(ratio())


counts = st.lists(
    st.tuples(
        st.sampled_from(sorted(COUNTY_OF)), st.sampled_from(["2026-01", "2026-02"]), st.sampled_from("ab"),
        st.decimals(0, 10**6, places=3).map(float), st.integers(0, 10**6),
    ),
    min_size=1, max_size=20, unique_by=lambda row: row[:3],
)  # fmt: skip


def test_parts_add_up_to_the_whole_and_counties_to_the_province(
    measure: Measure, connection: duckdb.DuckDBPyConnection
) -> None:
    @settings(max_examples=12, deadline=None)
    @given(rows=counts)
    def law(rows: list[tuple[Any, ...]]) -> None:
        whole = measure(ratio(least_count=0.5), *rows)
        parts: dict[tuple[str, str], list[float]] = {}
        for _, region, period, _, numerator, denominator in connection.execute(parts_sql(ratio())).fetchall():
            have = parts.setdefault((region, period), [0.0, 0.0])
            have[0] += numerator
            have[1] += denominator
        for (region, period), (numerator, denominator, value, _) in whole.items():
            assert parts[region, period] == pytest.approx([numerator, denominator])
            below = [row for row in rows if row[1] == period and region in (row[0], COUNTY_OF[row[0]], PROVINCE)]
            assert numerator == pytest.approx(sum(row[3] for row in below))
            assert denominator == sum(row[4] for row in below)
            assert value == pytest.approx(100 * numerator / denominator, abs=1e-9)

    law()


def test_every_indicator_has_one_file_of_counts_and_the_reverse() -> None:
    assert {file.stem for file in indicator_sql.FOLDER.glob("*.sql")} == set(indicators())
    for code in indicators():
        assert counts_sql(code).startswith("--"), f"{code}.sql begins with what it counts"
        assert counts_sql(code).endswith("select * from final"), code
        assert tables_of(code), code
        assert set(tables_of(code)) <= set(all_tables())
