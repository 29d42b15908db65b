from __future__ import annotations

import sqlglot
from sqlglot import exp

from warehouse.steps import WAREHOUSE, parameters_of, tables_read


def test_names_read_by_the_engine_are_those_of_an_independent_parser() -> None:
    for file in sorted(WAREHOUSE.glob("**/*.sql")):
        sql = file.read_text("utf-8")
        parsed = sqlglot.parse_one(sql, read="duckdb")
        tables = {f"{table.db}.{table.name}" for table in parsed.find_all(exp.Table) if table.db}
        assert tables_read(sql) == tuple(sorted(tables)), file
        assert parameters_of(sql) == {found.name for found in parsed.find_all(exp.Parameter, exp.Placeholder)}, file


def test_text_that_looks_like_a_table_is_none() -> None:
    text = '"schema_name":"core","table_name":"venue","class":"PARAMETER","identifier":"a"'
    sql = f"select '{text}' as a, $b::varchar as \"x core.y\" from marts.z as core"
    assert tables_read(sql) == ("marts.z",)
    assert parameters_of(sql) == {"b"}
