"""Contradictions between sources: one attribute of one key, two values, and which of them counts by which rule."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.contract import Contract, contracts
from warehouse.marts._quality_checks import quoted, unit_sql
from warehouse.marts.mart_quality_count import ROOT

READS = (*(f"{schema}.{dataset}" for schema in ("claims", "curated") for dataset in contracts()), "ledger.batch")
KEY = ("dataset", "key_text", "attribute", "losing_source")
SENSITIVITY = "internal"
LOWERS = "Values of personal and sensitive datasets, and of columns of the higher levels, are left out."
# Examples that are kept of each attribute of two sources in a city; how many there are is counted in every row.
KEPT = 500
_SHOWN_LEVELS = ("general_1", "general_2")
_SHOWN_SENSITIVITIES = ("open", "internal")
SEPARATOR = " · "


def statement(batches: Mapping[str, int] | None) -> list[str]:
    """Return the selects: one row an attribute of a key about which a source says something else than what counts.

    ``winning_value`` and ``losing_value`` as text (null where values of the dataset or column are not for every
    reader), ``winning_source, losing_source`` (publisher, and city where one sent it), ``winning_batch,
    losing_batch``, ``rule_code`` (``precedence``: the contract names the publisher; ``newest``: the last delivery),
    ``conflict_count`` (of this attribute between these sources in this city). A source that says nothing contradicts
    nobody.

    Parameters
    ----------
    batches : mapping or None
        Batches in force by dataset: a single one contradicts nobody and is left out. None for every dataset.
    """
    known = {name: terms for name, terms in contracts().items() if set(terms.column_names) - set(terms.key)}
    several = [name for name in known if batches is None or batches.get(name, 0) > 1]
    # One select must remain, so that the table has its columns.
    return [_conflicts(known[name]) for name in several or list(known)[:1]]


def _conflicts(terms: Contract) -> str:
    key = ", ".join(quoted(name) for name in terms.key)
    key_text = f" || '{SEPARATOR}' || ".join(f"{quoted(name)}::varchar" for name in terms.key)
    values = ", ".join(
        f"{{'attribute': '{column.name}', 'value': {quoted(column.name)}::varchar,"
        f" 'is_shown': {_is_shown(terms, column.name)}}}"
        for column in terms.columns
        if column.name not in terms.key
    )
    return f"""
with
claimed as (
    select
        claims.*,
        {unit_sql(terms, "root_code")} as _unit,
        batch.publisher || coalesce('{SEPARATOR}' || batch.unit_code, '') as _source
    from claims.{quoted(terms.dataset)} as claims
    inner join ledger.batch as batch using (batch_id), (select {ROOT} as root_code)
),
disputed as (
    select * from claimed
    qualify count(distinct _source) over (partition by {key}) > 1
),
spoken as (
    select *, row_number() over (partition by {key} order by source_rank, batch_order desc) as _place
    from (
        select * from disputed
        qualify row_number() over (partition by {key}, _source order by batch_order desc) = 1
    )
),
said as (
    select {key_text} as _key, _unit, _source, _place, batch_id, source_rank, unnest([{values}]) as _said
    from spoken
)
select
    '{terms.dataset}' as dataset,
    winner._unit as region_code,
    winner._key as key_text,
    winner._said.attribute as attribute,
    case when winner._said.is_shown then winner._said.value end as winning_value,
    case when winner._said.is_shown then loser._said.value end as losing_value,
    winner._source as winning_source,
    loser._source as losing_source,
    winner.batch_id as winning_batch,
    loser.batch_id as losing_batch,
    case when winner.source_rank < loser.source_rank then 'precedence' else 'newest' end as rule_code,
    count(*) over (
        partition by winner._unit, winner._said.attribute, winner._source, loser._source
    )::bigint as conflict_count
from said as winner
inner join said as loser
    on winner._place = 1 and loser._place > 1 and winner._key = loser._key
    and winner._said.attribute = loser._said.attribute
where winner._said.value <> loser._said.value
qualify row_number() over (
    partition by winner._unit, winner._said.attribute, winner._source, loser._source order by winner._key
) <= {KEPT}
"""


def _is_shown(terms: Contract, column: str) -> str:
    is_shown = terms.sensitivity in _SHOWN_SENSITIVITIES and terms.level_of(column) in _SHOWN_LEVELS
    return str(is_shown).lower()
