"""Questions about sources that contradict each other, and about sums that are not what is printed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kernel.publishers import department_words
from kernel.scope import GrantedScope, region_prefix
from kernel.words import t
from warehouse.contract import contracts
from warehouse.queries import _run

# Rounding of printed figures: 13 parts of two decimals each, and some room.
ROUNDING = 0.0001
MOST = 2_000


def conflicts(
    scope: GrantedScope, *, dataset: str | None = None, region: str | None = None, most: int = MOST
) -> pl.DataFrame:
    """Return the attributes of a key of which two sources say different things.

    Returns
    -------
    DataFrame
        ``dataset, region_code, key_text, attribute, winning_value, losing_value`` (null where values are not for every
        reader), ``winning_source, losing_source, winning_batch, losing_batch, rule_code, conflict_count`` (all of this
        attribute between these sources in this city, also those that are not listed), ``found_count`` (all of what is
        asked for).

    Raises
    ------
    AccessDenied
        When the visitor may not read internal data.
    """
    prefix = None if region is None else region_prefix(region)
    return _run.rows("quality_conflicts.sql", scope, dataset=dataset, region=prefix, most=most)


def sums(scope: GrantedScope) -> pl.DataFrame:
    """Return printed wholes and the sums of their parts.

    Returns
    -------
    DataFrame
        ``region_code, year, measure_code, unit, source, whole_value, part_sum, difference, part_count, agrees``
        (within rounding).
    """
    found = _run.rows("quality_sums.sql", scope)
    return found.with_columns(agrees=pl.col("difference").abs() <= ROUNDING * pl.col("whole_value").abs())


def code_names(scope: GrantedScope, lang: str) -> dict[tuple[str, str], str]:
    """Return what the codes of every code list are called: ``{(list, code): name}``."""
    found = _run.rows("code_list_all.sql", scope)
    name = pl.coalesce("code_name_en", "code_name_zh") if lang == "en" else pl.col("code_name_zh")
    return {(listed, code): words for listed, code, words in found.select("list_name", "code", name).iter_rows()}


def value_words(dataset: str, attribute: str, value: str | None, names: Mapping[tuple[str, str], str]) -> str | None:
    """Return a claimed value as people read it: codes by their names, everything else as it is."""
    known = contracts().get(dataset)
    column = next((one for one in known.columns if one.name == attribute), None) if known else None
    if value is None or column is None or column.code_list is None:
        return value
    return names.get((column.code_list, value), value)


def attribute_name(dataset: str, attribute: str, lang: str) -> str:
    """Return what a column of a dataset is called."""
    known = contracts().get(dataset)
    columns = {column.name: column for column in known.columns} if known else {}
    return getattr(columns[attribute], lang) if attribute in columns else attribute


def rule_words(dataset: str, rule_code: str, lang: str) -> str:
    """Return the rule by which one of two values counts, in one sentence."""
    named = contracts()[dataset].precedence if dataset in contracts() else ()
    sources = (" > " if lang == "en" else " ＞ ").join(department_words(name, lang) for name in named)
    return t(f"quality.rule_{rule_code}", lang, sources=sources)
