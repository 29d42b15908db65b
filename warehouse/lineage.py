"""What a step's table and its columns are made from, read out of its SQL, or for Python told by equal names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sqlglot import exp, lineage, parse_one
from sqlglot.errors import SqlglotError

from warehouse.steps import Step

# Expressions longer than this are cut in the catalogue; the file of the step has them whole.
LONGEST_EXPRESSION = 200
# Statements written from all contracts at once are longer than any file: they count rows, no column of theirs is one
# of the sources, and following them would take longer than making them.
LONGEST_SQL = 40_000
# A column under some name, or what the parser puts where a query calls itself.
_NOT_MADE = (exp.Column, exp.Table, exp.Query, exp.Star, exp.Placeholder)


class Edge(NamedTuple):
    """From what a table or column is made; columns are None for an edge between tables.

    Attributes
    ----------
    source_table, source_column, target_table, target_column : str or None
        Names with their schema; both columns or none.
    how : {"table", "sql", "by_name"}
        How it is known.
    expression : str or None
        SQL that makes the column, where it is more than the source column itself.
    """

    source_table: str
    source_column: str | None
    target_table: str
    target_column: str | None
    how: str
    expression: str | None


def step_edges(
    step: Step, columns: Mapping[str, tuple[str, ...]], made: tuple[str, ...] | None = None
) -> tuple[list[Edge], tuple[str, ...]]:
    """Return the edges into a step, and the columns that it makes.

    Parameters
    ----------
    step : Step
        A view, a table or arrays.
    columns : mapping
        ``{table: columns}`` of everything that it reads.
    made : tuple of str, optional
        Columns of its table, or keys of its arrays; needed for Python, read out of the SQL otherwise.

    Notes
    -----
    Column edges say where a value comes from. Columns that a row is joined, filtered or grouped by, and columns that
    Python computes under a new name, are covered by the edge between the tables only.
    """
    edges = [Edge(source, None, step.name, None, "table", None) for source in step.reads]
    if step.sql is not None and len(step.sql) > LONGEST_SQL:
        return edges, made or ()
    if step.sql is not None:
        try:
            found = _sql_edges(step.name, step.sql, tuple((table, columns.get(table, ())) for table in step.reads))
        except (SqlglotError, RecursionError):  # SQL that the parser cannot follow: equal names are left
            made = made or _names(step.sql)
        else:
            return [*edges, *found], made or tuple(dict.fromkeys(edge.target_column or "" for edge in found))
    made = made or ()
    for source in step.reads:
        edges += [
            Edge(source, name, step.name, name, "by_name", None) for name in made if name in columns.get(source, ())
        ]
    return edges, made


@lru_cache(maxsize=1024)
def _sql_edges(name: str, sql: str, reads: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Edge, ...]:
    """Return the column edges of a statement; builds of one process ask for the same ones again."""
    if (plain := plain_edges(name, sql)) is not None:
        return plain
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in reads:
        place, bare = table.split(".", maxsplit=1)
        schema.setdefault(place, {})[bare] = dict.fromkeys(columns, "varchar")
    # Untrimmed: else the parser copies each query for each of its columns and takes it apart again, to show it alone.
    nodes = lineage.lineage(None, sql, schema, dialect="duckdb", trim_selects=False)
    if not isinstance(nodes, dict):
        raise SqlglotError("no columns")
    edges: list[Edge] = []
    for target, node in nodes.items():
        expression = _made_by(node)
        for leaf in node.walk():
            if isinstance(leaf.source, exp.Table) and leaf.source.db:
                source = f"{leaf.source.db}.{leaf.source.name}"
                column = leaf.name.rpartition(".")[2].strip('"')
                if column != "*":
                    edges.append(Edge(source, column, name, target, "sql", expression))
    return tuple(dict.fromkeys(edges))


def plain_edges(name: str, sql: str) -> tuple[Edge, ...] | None:
    """Return the edges of a statement that takes columns of one table as they are, None for any other.

    Two of three steps are of this kind (all staging views, most of core); following them like the others would take
    half of the time of a small build.
    """
    statement = parse_one(sql, read="duckdb")
    ctes = statement.ctes if isinstance(statement, exp.Select) else []
    if len(ctes) != 1 or not isinstance(statement, exp.Select) or not _is_whole(statement, ctes[0].alias):
        return None
    body = ctes[0].this
    source = body.args.get("from_") if isinstance(body, exp.Select) else None
    table = source.this if source is not None else None
    if not isinstance(table, exp.Table) or not table.db or body.args.get("joins"):
        return None
    columns = [part.this if isinstance(part, exp.Alias) else part for part in body.expressions]
    if not all(isinstance(column, exp.Column) and isinstance(column.this, exp.Identifier) for column in columns):
        return None
    origin = f"{table.db}.{table.name}"
    return tuple(
        dict.fromkeys(
            Edge(origin, column.name, name, part.alias_or_name, "sql", None)
            for part, column in zip(body.expressions, columns, strict=True)
        )
    )


def _is_whole(statement: exp.Select, alias: str) -> bool:
    """Return whether a statement is ``select * from <alias>`` and nothing more."""
    source = statement.args.get("from_")
    rest = {key for key, value in statement.args.items() if value} - {"with_", "expressions", "from_", "kind"}
    stars = [part for part in statement.expressions if isinstance(part, exp.Star)]
    is_star = len(statement.expressions) == 1 and len(stars) == 1
    return not rest and is_star and source is not None and source.this.name == alias and not source.this.db


def _names(sql: str) -> tuple[str, ...]:
    """Return the columns of a statement as far as it names them."""
    statement = parse_one(sql, read="duckdb")
    return tuple(statement.named_selects) if isinstance(statement, exp.Query) else ()


def _made_by(node: lineage.Node) -> str | None:
    """Return the first expression on the way down that is more than a column under some name."""
    for part in node.walk():
        made = part.expression.this if isinstance(part.expression, exp.Alias) else part.expression
        if not isinstance(made, _NOT_MADE):
            text = made.sql(dialect="duckdb")
            return text if len(text) <= LONGEST_EXPRESSION else f"{text[: LONGEST_EXPRESSION - 1]}…"
    return None
