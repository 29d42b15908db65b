"""Steps of the build: one file is one step, its place and name are its table, its head says key and sensitivity."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import duckdb
import numpy as np
import polars as pl

from kernel.errors import BuildFailed
from kernel.progress import Progress, silent
from kernel.scope import SENSITIVITY_LEVELS

WAREHOUSE = Path(__file__).resolve().parent
SERVED_LAYERS = ("core", "marts")
SHOWN_LAYERS = (*SERVED_LAYERS, "arrays")
LAYERS = ("ledger", "claims", "curated", "staging", *SERVED_LAYERS, "arrays")
# Relations about the deliveries themselves, see `warehouse.build.sources`.
LEDGER_RELATIONS = ("ledger.batch", "ledger.refusal", "ledger.rule_break")

Inputs: TypeAlias = Mapping[str, Any]
Made: TypeAlias = pl.DataFrame | dict[str, np.ndarray]

# Parameter by which a Python step asks for more than its inputs, see `Work`.
WORK_PARAMETER = "work"

# What the engine writes of a table with a schema, and of a parameter.
_TABLE = re.compile(r'"schema_name":"(\w+)","table_name":"(\w+)"')
_PARAMETER = re.compile(r'"class":"PARAMETER"[^{}]*?"identifier":"(\w+)"')
_HEAD_LINE = re.compile(r"^--\s*(key|sensitivity|scope|lowers)\s*:\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Work:
    """How a step that takes long is to work; none of it may change what it makes, but for ``effort``.

    Attributes
    ----------
    progress : Progress
        Told how far the step is.
    effort : {"fast", "full"}
        Of forecasts; what is made says which it was.
    memo_dir : Path or None
        Folder of answers to be used again, see `warehouse.memo`; None keeps nothing.
    processes : int or None
        Processes that may work at once; None: as many as there are cores, 0: none but the build's own.
    """

    progress: Progress = silent
    effort: str = "fast"
    memo_dir: Path | None = None
    processes: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One table, or one folder of arrays, that the build makes.

    Attributes
    ----------
    name : str
        ``core.venue``, ``staging.stg_venue``, ``arrays.cell`` ...
    reads : tuple of str
        Names of what it is made from.
    sql, function : str or callable
        Exactly one of the two makes it. A function that has a parameter ``work`` is given a `Work` by that name.
    key : tuple of str
        Columns that are unique, never null and give the order of the rows; empty for arrays.
    sensitivity : str
        Highest level of what it shows; decides the file it is served from.
    scope : str or None
        Column that a region scope is applied to, None where every account sees every row.
    lowers : str
        Why it may show less than its sources are marked with; empty where it does not.
    file : Path
        Where a reader finds it.
    write : callable or None
        For SQL that is written from the contracts: the selects for a number of batches by dataset, None for any. Their
        rows make the table; one after the other they cost half of what one union of all costs. Datasets of which
        nothing was delivered cost a plan and give no row, so a build leaves them out.
    """

    name: str
    reads: tuple[str, ...]
    sql: str | None
    function: Callable[..., Made] | None
    key: tuple[str, ...]
    sensitivity: str
    scope: str | None
    lowers: str
    file: Path
    write: Callable[[Mapping[str, int] | None], list[str]] | None = None

    @property
    def layer(self) -> str:
        """``staging``, ``core``, ``marts`` or ``arrays``."""
        return self.name.split(".")[0]

    @property
    def takes_work(self) -> bool:
        """Whether it tells how far it is and works in several processes."""
        return self.function is not None and WORK_PARAMETER in inspect.signature(self.function).parameters

    @property
    def is_served(self) -> bool:
        """Whether readers of a snapshot see the table."""
        return self.layer in SERVED_LAYERS


def missing_from(manifest: Mapping[str, Any]) -> list[str]:
    """Return the tables and arrays that this version makes and a snapshot does not hold: an earlier version built it.

    Parameters
    ----------
    manifest : mapping
        Of the snapshot.
    """
    held = {*manifest["tables"], *(f"arrays.{name}" for name in manifest["arrays"])}
    held |= {f"meta.{name}" for name in manifest.get("meta", ())}
    made = {step.name for step in discover().values() if step.layer in SHOWN_LAYERS}
    made |= {f"meta.{file.stem}" for file in WAREHOUSE.glob("meta/*.py") if not file.name.startswith("_")}
    return sorted(made - held)


@cache
def discover(root: Path = WAREHOUSE, package: str = "warehouse") -> dict[str, Step]:
    """Return every step of the warehouse by name.

    Raises
    ------
    BuildFailed
        When a file breaks the house style: no key, unknown sensitivity, more than one select, no
        ``select * from final`` at the end.
    """
    found = [_sql_step(file, "staging") for file in sorted(root.glob("datasets/*/stg_*.sql"))]
    for layer in (*SERVED_LAYERS, "arrays"):
        found += [_sql_step(file, layer) for file in sorted(root.glob(f"{layer}/*.sql"))]
        for file in sorted(root.glob(f"{layer}/*.py")):
            if not file.name.startswith("_"):
                found.append(_python_step(file, layer, package))
    names = [step.name for step in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BuildFailed(f"More than one file makes {', '.join(twice)}.", fix="Keep one of them.")
    return {step.name: step for step in found}


def tables_read(sql: str) -> tuple[str, ...]:
    """Return the schema-qualified tables that a select reads; bare names are its own CTEs.

    Raises
    ------
    BuildFailed
        When it cannot be read, or is not exactly one select.
    """
    return tuple(sorted({f"{schema}.{table}" for schema, table in _TABLE.findall(_parsed(sql))}))


def parameters_of(sql: str) -> frozenset[str]:
    """Return the names of the ``$name`` parameters of a select."""
    return frozenset(_PARAMETER.findall(_parsed(sql)))


def _parsed(sql: str) -> str:
    """Return a select as the engine understands it, without looking any name up; in JSON, quotes of texts escaped."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise BuildFailed(f"The SQL cannot be read: {error}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BuildFailed("A SQL file holds exactly one select.")
    options = "skip_null := true, skip_empty := true, skip_default := true"
    found = _parser().cursor().execute(f"select json_serialize_sql($sql::varchar, {options})", {"sql": sql})
    return str(found.fetchall()[0][0])


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def _sql_step(file: Path, layer: str) -> Step:
    sql = file.read_text("utf-8")
    head = {match[1]: match[2] for line in sql.splitlines() if (match := _HEAD_LINE.match(line))}
    if not sql.rstrip().endswith("select * from final"):
        raise BuildFailed(f"{file.name} must end with `select * from final`.")
    try:
        reads = tables_read(sql)
    except BuildFailed as error:
        raise BuildFailed(f"{file.name}: {error.message}") from error
    key = tuple(part.strip() for part in head.get("key", "").split(",") if part.strip())
    return _checked(
        Step(
            name=f"{layer}.{file.stem}",
            reads=reads,
            sql=sql,
            function=None,
            key=key,
            sensitivity=head.get("sensitivity", ""),
            scope=_scope(head.get("scope", "region_code")),
            lowers=head.get("lowers", ""),
            file=file,
        )
    )


def _python_step(file: Path, layer: str, package: str) -> Step:
    module = importlib.import_module(f"{package}.{layer}.{file.stem}")
    for name in ("READS", "SENSITIVITY"):
        if not hasattr(module, name):
            raise BuildFailed(f"{file.name} must define {name}.")
    # SQL over datasets that no file can name is written when the steps are looked up, e.g. from the contracts.
    statement, function = getattr(module, "statement", None), getattr(module, "build", None)
    if (statement is None) == (function is None):
        raise BuildFailed(f"{file.name} must define either build or statement.")
    return _checked(
        Step(
            name=f"{layer}.{file.stem}",
            reads=tuple(module.READS),
            sql=_union(module, statement(None)) if statement else None,
            function=function,
            key=tuple(getattr(module, "KEY", ())),
            sensitivity=module.SENSITIVITY,
            scope=_scope(getattr(module, "SCOPE", "region_code")),
            lowers=getattr(module, "LOWERS", ""),
            file=file,
            write=statement,
        )
    )


def _union(module: ModuleType, selects: list[str]) -> str:
    """Return selects as the one statement that they stand for; it opens by saying what a row is."""
    head = str(module.__doc__).partition("\n")[0]
    return f"-- {head}\n" + "\nunion all\n".join(f"({select})" for select in selects)


def _scope(text: str) -> str | None:
    return None if text.startswith("none") else text


def _checked(step: Step) -> Step:
    if step.layer != "staging" and step.sensitivity not in SENSITIVITY_LEVELS:
        raise BuildFailed(f"{step.file.name} must say its sensitivity: one of {', '.join(SENSITIVITY_LEVELS)}.")
    if step.layer != "arrays" and not step.key:
        raise BuildFailed(f"{step.file.name} must say its key: a line `-- key: column, column` or KEY.")
    strangers = [name for name in step.reads if name.split(".")[0] not in LAYERS]
    if strangers:
        raise BuildFailed(f"{step.file.name} reads {', '.join(strangers)}, which is in no layer.")
    return step
