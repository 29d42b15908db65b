"""The rows of an open package: columns that may leave, positions made coarse, persons only as counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import shapely

from analytics.disclosure import Sum, hidden_cells, published
from warehouse.contract_terms import Contract
from warehouse.open_packages.definition import REGION, PackageTable, told_columns

# Positions of the public are not finer than about 50 m.
POSITION_STEP_DEG = 0.0005
ALL = "all"
_POSITIONS = ("longitude", "latitude")


@dataclass(frozen=True, slots=True)
class OpenTable:
    """One table as it leaves.

    Attributes
    ----------
    table : PackageTable
        Its definition.
    frame : DataFrame
        Rows in the order of the key.
    key : tuple of str
        Columns that tell the rows apart, as far as they leave.
    shapes : object array of shapely geometries, shape (rows,), or None
        Where the rows are, None without places.
    hidden_count : int
        Counts that are not told.
    """

    table: PackageTable
    frame: pl.DataFrame
    key: tuple[str, ...]
    shapes: np.ndarray | None = None
    hidden_count: int = 0


@contextmanager
def snapshot_reader(folder: Path, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the served files of a snapshot read-only; each table is a view under its own name.

    Parameters
    ----------
    folder : Path
        Of the snapshot.
    tables : mapping
        ``tables`` of its manifest.
    """
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for schema in ("core", "marts"):
            connection.execute(f"create schema {schema}")
        for level in sorted({str(table["sensitivity"]) for table in tables.values()}):
            path = str(folder / f"{level}.duckdb").replace("'", "''")
            connection.execute(f"attach '{path}' as file_{level} (read_only)")
        for name, table in tables.items():
            connection.execute(f"create view {name} as select * from file_{table['sensitivity']}.{name}")
        yield connection


def open_table(
    reader: duckdb.DuckDBPyConnection,
    held: Mapping[str, Mapping[str, Any]],
    table: PackageTable,
    contracts: Mapping[str, Contract],
) -> OpenTable | None:
    """Return a table of a package, None where the snapshot does not hold it or nothing of it may leave.

    Parameters
    ----------
    reader : connection
        From `snapshot_reader`.
    held : mapping
        ``tables`` of the manifest.
    table : PackageTable
        What is wanted.
    contracts : mapping
        Contracts by dataset: the rules of openness are those of now.
    """
    source = held.get(f"core.{table.dataset}")
    told = told_columns(table, contracts)
    if source is None or not told:
        return None
    contract = contracts[table.dataset]
    if table.count_by:
        return _counted(reader, source, table)
    # Rows come from the open file or not at all.
    if source["sensitivity"] != "open":
        return None
    columns = [name for name in told if name in source["columns"]]
    has_lines = contract.has_shapes and "geometry" in source["columns"]
    frame = _select(reader, table, [*columns, *(["geometry"] if has_lines else [])], contract.key)
    if not frame.height:
        return None
    shapes = None
    if has_lines:
        shapes = _coarse_lines(frame["geometry"].to_list())
        frame = frame.drop("geometry")
    places = {column.name: column.type for column in contract.columns if column.type in _POSITIONS}
    frame = frame.with_columns(_coarse(pl.col(name)).alias(name) for name in places if name in columns)
    if len(places) == 2 and set(places) <= set(columns):
        by_type = {kind: name for name, kind in places.items()}
        shapes = shapely.points(frame[by_type["longitude"]].to_numpy(), frame[by_type["latitude"]].to_numpy())
    return OpenTable(table, frame, tuple(name for name in contract.key if name in columns), shapes)


def code_meanings(
    reader: duckdb.DuckDBPyConnection, held: Mapping[str, Mapping[str, Any]], list_names: Sequence[str]
) -> pl.DataFrame | None:
    """Return list_name, code, code_name_zh and code_name_en of some code lists; None where there are no lists."""
    if "core.code_list" not in held:
        return None
    return reader.execute(
        "select list_name, code, code_name_zh, code_name_en from core.code_list"
        " where list_name in (select unnest($names)) order by list_name, code",
        {"names": list(list_names)},
    ).pl()


def _select(
    reader: duckdb.DuckDBPyConnection, table: PackageTable, columns: list[str], key: tuple[str, ...]
) -> pl.DataFrame:
    names = ", ".join(_quoted(name) for name in columns)
    order = ", ".join(_quoted(name) for name in key)
    wheres = [f"{_quoted(column)} in (select unnest(${column}))" for column in table.only]
    where = f" where {' and '.join(wheres)}" if wheres else ""
    values = {column: list(codes) for column, codes in table.only.items()}
    return reader.execute(f"select {names} from core.{table.dataset}{where} order by {order}", values).pl()


def _counted(reader: duckdb.DuckDBPyConnection, source: Mapping[str, Any], table: PackageTable) -> OpenTable | None:
    """Return persons by region and code with all totals, small counts hidden so that none can be computed."""
    if not {REGION, table.count_by, *table.only} <= set(source["columns"]):
        return None
    wheres = [f"{_quoted(column)} in (select unnest(${column}))" for column in table.only]
    where = f" where {' and '.join(wheres)}" if wheres else ""
    values = {column: list(codes) for column, codes in table.only.items()}
    counts = reader.execute(
        f"select {REGION}, {_quoted(table.count_by)}, count(*) from core.{table.dataset}{where} group by all", values
    ).fetchall()
    known = {
        code: (name, parent)
        for code, name, parent in reader.execute(
            "select region_code, region_name, parent_code from core.region"
        ).fetchall()
    }
    found = {(region, code): int(count) for region, code, count in counts if region in known and code is not None}
    if not found:
        return None
    regions = sorted(known)
    codes = sorted({code for _, code in found})
    cells, sums = _cells(found, {code: parent for code, (_, parent) in known.items()}, regions, codes)
    hidden, told = hidden_cells(cells, sums), published(cells, sums)
    frame = pl.DataFrame(
        {
            REGION: [region for region in regions for _ in (*codes, ALL)],
            "region_name": [known[region][0] for region in regions for _ in (*codes, ALL)],
            table.count_by: [code for _ in regions for code in (*codes, ALL)],
            "person_count": pl.Series(told).fill_nan(None).cast(pl.Int64),
            "is_hidden": hidden,
        }
    )
    return OpenTable(table, frame, (REGION, table.count_by), hidden_count=int(hidden.sum()))


def _cells(
    found: Mapping[tuple[str, str], int], parents: Mapping[str, str | None], regions: list[str], codes: list[str]
) -> tuple[np.ndarray, list[Sum]]:
    """Return the counts of every region and code with the totals, and the sums between them.

    Cells lie region by region, the codes and then their total. A region that holds others has what lies in it, and
    what was counted for itself as one more cell that nobody is shown but everybody may compute.
    """
    wide = len(codes) + 1
    place = {region: at * wide for at, region in enumerate(regions)}
    below: dict[str, list[str]] = {}
    for region in regions:
        parent = parents[region]
        if parent in place:
            below.setdefault(str(parent), []).append(region)
    own = np.zeros((len(regions), wide), np.int64)
    for (region, code), count in found.items():
        own[place[region] // wide, codes.index(code)] = count
    own[:, -1] = own[:, :-1].sum(axis=1)
    totals = own.copy()
    sums: list[Sum] = []
    extra: list[np.ndarray] = []
    for region in _leaves_first(regions, below):
        at = place[region] // wide
        inside = [place[child] // wide for child in below.get(region, [])]
        rest = len(regions) * wide + len(extra) * wide if inside and own[at].any() else None
        if rest is not None:
            extra.append(own[at])
        totals[at] += totals[inside].sum(axis=0) if inside else 0
        for column in range(wide):
            parts = tuple(child * wide + column for child in inside) + (() if rest is None else (rest + column,))
            if parts:
                sums.append(Sum(at * wide + column, parts))
        sums.append(Sum(at * wide + wide - 1, tuple(at * wide + column for column in range(wide - 1))))
    return np.concatenate([totals.ravel(), *extra]), sums


def _leaves_first(regions: list[str], below: Mapping[str, list[str]]) -> list[str]:
    ordered: list[str] = []

    def visit(region: str) -> None:
        for child in below.get(region, ()):
            visit(child)
        ordered.append(region)

    held = {child for children in below.values() for child in children}
    for region in regions:
        if region not in held:
            visit(region)
    return ordered


def _coarse(values: pl.Expr) -> pl.Expr:
    return ((values / POSITION_STEP_DEG).round() * POSITION_STEP_DEG).round(4)


def _coarse_lines(values: list[bytes]) -> np.ndarray:
    """Return lines on the grid of coarse positions; one that shrinks to a point stays, as a line of no length."""
    shapes = shapely.from_wkb(values)
    moved = shapely.transform(shapes, lambda xy: np.round(np.round(xy / POSITION_STEP_DEG) * POSITION_STEP_DEG, 4))
    slim = shapely.remove_repeated_points(moved)
    return np.where(shapely.is_valid(slim), slim, moved)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
