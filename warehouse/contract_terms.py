"""What a contract is made of: columns, rules between them, and who answers for the dataset."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kernel.errors import SportsMapError, UsageError

TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "code": pl.String(),
    "longitude": pl.Float64(),
    "latitude": pl.Float64(),
    "point_list": pl.String(),
}
GEOMETRIES = ("none", "point", "line", "polygon")
SENSITIVITIES = ("open", "internal", "personal", "sensitive")
NUMERIC = ("integer", "number")
# How often a dataset is delivered, and the days that one period lasts; None where nothing is due on a date.
CADENCES: dict[str, int | None] = {
    "live": 1,
    "1 min": 1,
    "15 min": 1,
    "hourly": 1,
    "daily": 1,
    "weekly": 7,
    "monthly": 31,
    "quarterly": 92,
    "yearly": 366,
    "as issued": None,
    "as changed": None,
    "as held": None,
}
# 政务数据共享: 无条件共享, 有条件共享, 不予共享; 开放: 无条件开放, 依申请开放, 不予开放.
SHARINGS = ("unconditional", "conditional", "none")
OPENINGS = ("open", "on_request", "closed")
# GB/T 43697-2024: important data, and general data in four sub-levels: public, internal, sensitive, highly sensitive.
LEVELS = ("general_1", "general_2", "general_3", "general_4", "important")
# GB/T 36344-2018 names these dimensions of quality (accessibility is that of the whole hub, not of a rule).
DIMENSIONS = ("validity", "completeness", "accuracy", "consistency", "timeliness", "uniqueness")


class ContractError(SportsMapError):
    """A contract.toml breaks the rules for contracts; the message lists every fault."""

    code = "CONTRACT"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract; see ``docs/deliveries.md`` for the types.

    ``filled_when`` is an expression over the contract's columns: where it is not true, an empty cell of the optional
    column is no gap (the closing date of an open unit). It is SQL that polars and the build both read.
    """

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    codes: tuple[str, ...] = ()
    code_list: str | None = None
    aliases: tuple[str, ...] = ()
    level: str | None = None
    references: str | None = None
    filled_when: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """Return the type in which the column is stored."""
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule between the columns of one row.

    Attributes
    ----------
    name : str
        Unique in its contract; findings show it in capitals, e.g. ``ENDS_BEFORE_START``.
    expr : str
        Polars SQL expression over the contract's columns that is true for a good row; null counts as good.
    dimension : str
        Of :data:`DIMENSIONS`.
    zh, en, fix_zh, fix_en : str
        What a bad row breaks and how to mend it.
    refuses : bool
        Whether a bad row is refused; otherwise it is accepted and lowers the score of quality.
    """

    name: str
    expr: str
    dimension: str
    zh: str
    en: str
    fix_zh: str
    fix_en: str
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Contract:
    """What a delivery of one dataset must look like.

    Attributes
    ----------
    owner : str
        Unit that answers for the dataset.
    sharing, opening, level : str
        Of :data:`SHARINGS`, :data:`OPENINGS` and :data:`LEVELS`; a column may have a level of its own.
    period_column : str or None
        Date, instant or ``YYYY-MM`` text by which rows are counted per month.
    unit_column : str or None
        Region code that tells which city bureau answers for a row.
    due_days : int or None
        Days after the end of a period within which it must be delivered.
    feeds : tuple of str
        Items of the development plan that the dataset serves.
    grain, grain_zh : str
        What one row is, in English and in Chinese.
    precedence : tuple of str
        Publishers whose word counts first when several deliver the same key, the strongest first; without any the
        newest delivery wins. The beginning of a publisher's name is enough.
    minors : bool
        Whether the rows are of minors (pupils), whatever age they tell: a delivery without lawful basis is held.
    """

    dataset: str
    name_zh: str
    name_en: str
    theme: str
    grain: str
    key: tuple[str, ...]
    publisher: str
    licence: str
    cadence: str
    sensitivity: str
    geometry: str
    columns: tuple[Column, ...]
    owner: str
    sharing: str
    opening: str
    level: str
    rules: tuple[Rule, ...] = ()
    crs: str | None = None
    period_column: str | None = None
    unit_column: str | None = None
    due_days: int | None = None
    feeds: tuple[str, ...] = ()
    precedence: tuple[str, ...] = ()
    minors: bool = False
    grain_zh: str = ""

    def grain_in(self, lang: str) -> str:
        """Return what one row is, in a language; in English where the contract has no Chinese text."""
        return self.grain_zh or self.grain if lang == "zh" else self.grain

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns in contract order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one column.

        Raises
        ------
        UsageError
            When the contract has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(
            f"The dataset {self.dataset} has no column {name!r}.", fix=f"Use one of {', '.join(self.column_names)}."
        )

    def level_of(self, column: str) -> str:
        """Return the classification level of a column (GB/T 43697): its own, else the dataset's."""
        return self.column(column).level or self.level

    @property
    def has_shapes(self) -> bool:
        """Return whether rows carry a ``geometry`` column (lines or polygons; points are lon and lat)."""
        return self.geometry in ("line", "polygon")

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return the columns of a curated file and their types: contract, ``geometry``, ``row_number``."""
        shape: dict[str, pl.DataType] = {"geometry": pl.Binary()} if self.has_shapes else {}
        return {column.name: column.dtype for column in self.columns} | shape | {"row_number": pl.Int64()}
