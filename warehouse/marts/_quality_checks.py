"""What is counted of every dataset for its quality, read out of the contracts alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from warehouse.contract import Contract, contracts
from warehouse.contract_terms import NUMERIC, Column, Rule
from warehouse.places import route_of

# The log of deliveries between the nodes.
LOG = "exchange_log"
# Months of a dataset that is not counted month by month, and what stands for all datasets.
HELD, ALL = "held", "all"
# An empty cell of an optional column counts half as much as one that must be filled.
OPTIONAL_WEIGHT = 0.5
# Years and numbers that name something have no mean that could be odd.
_NOT_MEASURED = ("_year", "_id", "_no", "_number", "_index", "_order")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is counted.

    Attributes
    ----------
    code : str
        ``<kind>:<name>``: ``empty:column``, ``rule:name``, ``orphan:column``, ``twin:row``, ``mean:column``.
    dimension : str
        Of ``analytics.quality.DIMENSIONS``.
    weight : float
        What one failure costs, in rows.
    sql : str
        Condition of a failing row (``mean``: the number), over the columns of the curated relation; empty where the
        count has a select of its own (``rule``, ``twin``).
    """

    code: str
    dimension: str
    weight: float
    sql: str

    @property
    def kind(self) -> str:
        """Part of the code before the colon."""
        return self.code.split(":", maxsplit=1)[0]


@cache
def checks_of(dataset: str) -> tuple[Check, ...]:
    """Return every check of a dataset."""
    terms = contracts()[dataset]
    found = [_empty(terms, column) for column in terms.columns if not column.required]
    found += [_rule(rule) for rule in terms.rules if not rule.refuses]
    found += [_orphan(column) for column in terms.columns if _is_checkable(column)]
    if _has_own_words(terms):
        found.append(Check("twin:row", "uniqueness", 1.0, ""))
    if is_monthly(terms):
        found += [_mean(column) for column in terms.columns if _is_measured(terms, column)]
    return tuple(found)


def is_monthly(terms: Contract) -> bool:
    """Whether rows of the dataset are counted month by month."""
    return terms.period_column is not None and terms.cadence != "yearly"


def unit_sql(terms: Contract, root: str) -> str:
    """Return the expression of the city that answers for a row; ``root`` where nothing says in which region it lies.

    The row names its region, or refers to something that does (`warehouse.places`).
    """
    route = route_of(terms)
    if route is None:
        return root
    # Whole provinces keep their code: six digits that end in four zeros.
    if not route.hops:
        return f"coalesce(left({quoted(route.column)}, 4) || '00', {root})"
    joined = f"curated.{quoted(route.hops[0].dataset)} as t0"
    for place, (before, hop) in enumerate(pairwise(route.hops), start=1):
        ahead = f"t{place}.{quoted(hop.key)} = t{place - 1}.{quoted(before.column)}"
        joined += f" inner join curated.{quoted(hop.dataset)} as t{place} on {ahead}"
    named = f"t{len(route.hops) - 1}.{quoted(route.hops[-1].column)}"
    # Names of its own for what is inside, so that the column of the row is not taken for one of these.
    known = f"select t0.{quoted(route.hops[0].key)} as _place_key, {named} as _place_region from {joined}"
    asked = f"select max(_place_region) from ({known}) where _place_key = {quoted(route.column)}"
    return f"coalesce(left(({asked}), 4) || '00', {root})"


def month_sql(terms: Contract) -> str:
    """Return the expression of a row's month, ``YYYY-MM``."""
    if not is_monthly(terms):
        return f"'{HELD}'"
    column = terms.column(str(terms.period_column))
    name = quoted(column.name)
    month = {
        "date": f"strftime({name}, '%Y-%m')",
        "instant": f"strftime(make_timestamp(epoch_us({name})), '%Y-%m')",
    }.get(column.type, f"left({name}::varchar, 7)")
    return f"coalesce({month}, '{HELD}')"


def quoted(name: str) -> str:
    """Return a column name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def _empty(terms: Contract, column: Column) -> Check:
    required = sum(other.required for other in terms.columns)
    whole = required + OPTIONAL_WEIGHT * (len(terms.columns) - required)
    sql = f"{quoted(column.name)} is null"
    if column.filled_when is not None:
        sql += f" and ({column.filled_when})"
    return Check(f"empty:{column.name}", "completeness", OPTIONAL_WEIGHT / whole, sql)


def _rule(rule: Rule) -> Check:
    return Check(f"rule:{rule.name}", rule.dimension, 1.0, "")


def _is_checkable(column: Column) -> bool:
    """Whether a reference names a dataset and a column that exist; others arrive later or are a fault of a test."""
    if column.references is None:
        return False
    dataset, name = column.references.split(".")
    return dataset in contracts() and name in contracts()[dataset].column_names


def _orphan(column: Column) -> Check:
    dataset, name = str(column.references).split(".")
    known, own = f"curated.{quoted(dataset)}", quoted(column.name)
    listed = f"select known.{quoted(name)} from {known} as known where known.{quoted(name)} is not null"
    # What refers to a dataset that was never delivered cannot be judged.
    return Check(
        f"orphan:{column.name}", "consistency", 1.0, f"{own} not in ({listed}) and exists(select 1 from {known})"
    )


def _has_own_words(terms: Contract) -> bool:
    """Whether equal content under two keys is suspicious: a key of one number, and a name or text beside it."""
    return [terms.column(name).type for name in terms.key] == ["text"] and any(
        column.type == "text" and column.required and not (column.references or column.pattern)
        for column in terms.columns
        if column.name not in terms.key
    )


def _is_measured(terms: Contract, column: Column) -> bool:
    return column.type in NUMERIC and column.name not in terms.key and not column.name.endswith(_NOT_MEASURED)


def _mean(column: Column) -> Check:
    # Sums of decimals do not depend on the order of the rows; sums of floating numbers do.
    kind = "decimal(18, 4)" if column.type == "number" else "bigint"
    return Check(f"mean:{column.name}", "accuracy", 1.0, f"try_cast({quoted(column.name)} as {kind})")
