"""The scratch database and folder of one build: steps run here, nothing here is ever served."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd  # noqa: F401 - DuckDB imports it lazily; a half imported pandas breaks other threads
import polars as pl
import pyarrow as pa  # noqa: F401 - as pandas

from kernel.errors import BuildFailed
from warehouse.durable import make_folder, remove_folder, sync_file
from warehouse.steps import WORK_PARAMETER, Inputs, Made, Step, Work

BUILDING_PREFIX = ".building-"
THREADS = 2
MEMORY_LIMIT = "3GB"
_numbers = count()


class Scratch:
    """A fresh folder with a scratch database and the arrays made so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: dict[str, tuple[str, ...]] = {}
        self.row_counts: dict[str, int] = {}
        self.arrays: dict[str, dict[str, np.ndarray]] = {}
        self.seconds: dict[str, float] = {}
        self.batch_counts: dict[str, int] | None = None
        self.work = Work()
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "threads": THREADS,
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(folder / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        self.connection.execute("set enable_progress_bar = false")
        # Nobody opens a scratch again: forcing every statement to the disk takes longer than most of the statements.
        self.connection.execute(f"attach {literal(folder / 'scratch.duckdb')} as scratch (recovery_mode no_wal_writes)")
        self.connection.execute("use scratch")
        for schema in ("ledger", "claims", "curated", "staging", "core", "marts", "meta"):
            self.connection.execute(f"create schema {schema}")

    def run(self, step: Step) -> None:
        """Make what a step makes: a view (staging), a table, or arrays.

        Raises
        ------
        BuildFailed
            When the step fails; the message names its file.
        """
        self.keys[step.name] = step.key
        with self.timed(step.name):
            self._make(step)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Keep how long a part of the build takes."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def _make(self, step: Step) -> None:
        try:
            if step.write is not None:
                first, *more = step.write(self.batch_counts)
                self._changed(step.name, f"create table {step.name} as {first}")
                for select in more:
                    self._changed(step.name, f"insert into {step.name} {select}")
            elif step.layer == "staging":
                self.connection.execute(f"create view {step.name} as {step.sql}")
            elif step.sql is not None:
                self._changed(step.name, f"create table {step.name} as {step.sql}")
            elif step.function is not None:
                work = {WORK_PARAMETER: self.work} if step.takes_work else {}
                self._keep(step, step.function(self._inputs(step), **work))
        except duckdb.Error as error:
            raise BuildFailed(f"{step.name} failed: {error}", fix=f"See {step.file}.") from error

    def _changed(self, table: str, statement: str) -> None:
        """Execute what makes or adds rows, and count them."""
        (count,) = self.connection.execute(statement).fetchall()[0]
        self.row_counts[table] = self.row_counts.get(table, 0) + count

    def ordered(self, table: str, key: Sequence[str]) -> pl.DataFrame:
        """Return a whole table in the order of its key: the one order that every build repeats."""
        return self.frame(self.ordered_select(table, key))

    def ordered_select(self, table: str, key: Sequence[str]) -> str:
        """Return the select of a whole table in the order of its key."""
        # Most tables of a small warehouse are empty: to order nothing takes longer than to read it.
        if self.row_counts.get(table) == 0:
            return f"select * from {table}"
        return f"select * from {table} order by " + ", ".join(f'"{column}"' for column in key)

    def frame(self, query: str) -> pl.DataFrame:
        """Return the rows of a query."""
        return self.connection.execute(query).pl()

    def _inputs(self, step: Step) -> Inputs:
        return {
            name: self.arrays[name] if name.startswith("arrays.") else self.ordered(name, self.keys[name])
            for name in step.reads
        }

    def _keep(self, step: Step, made: Made) -> None:
        if isinstance(made, pl.DataFrame):
            self.connection.register("made_frame", made.to_arrow())
            self._changed(step.name, f"create table {step.name} as select * from made_frame")
            self.connection.unregister("made_frame")
            return
        self.arrays[step.name] = made
        folder = self.folder / "arrays" / step.name.removeprefix("arrays.")
        make_folder(folder)
        for key, array in made.items():
            path = folder / f"{key}.npy"
            np.save(path, np.ascontiguousarray(array), allow_pickle=False)
            path.chmod(0o444)
            sync_file(path)

    def close(self) -> None:
        """Close and delete the scratch database; served files and arrays stay."""
        self.connection.close()
        for path in self.folder.glob("scratch.duckdb*"):
            path.unlink()


def literal(path: Path) -> str:
    """Return a path as SQL takes it."""
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def open_scratch(warehouse_dir: Path) -> Iterator[Scratch]:
    """Open a fresh scratch; whatever is left of it afterwards is removed."""
    folder = warehouse_dir / f"{BUILDING_PREFIX}{os.getpid()}-{next(_numbers)}"
    if folder.exists():  # a killed build had the same process id
        remove_folder(folder)
    make_folder(folder)
    scratch = Scratch(folder)
    try:
        yield scratch
    finally:
        scratch.connection.close()
        if folder.exists():
            remove_folder(folder)
