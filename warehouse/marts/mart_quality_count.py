"""Counts behind the scores of quality: one pass over every dataset, its refused rows and the log of deliveries."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.contract import Contract, contracts
from warehouse.marts._quality_checks import HELD, LOG, checks_of, month_sql, quoted, unit_sql

READS = (*(f"curated.{dataset}" for dataset in contracts()), "ledger.batch", "ledger.refusal", "ledger.rule_break")
KEY = ("dataset", "region_code", "month", "check_code")
SENSITIVITY = "internal"
LOWERS = "Numbers of rows by city and month, and the place of one row in its delivery; no value of any row."
ROOT = "(select coalesce(min(region_code), '000000') from curated.region where level = 'province')"
# Rows of a whole dataset; every unit and month has it.
ROWS = "rows:all"


def statement(batches: Mapping[str, int] | None) -> list[str]:
    """Return the selects: per dataset, city and month the rows, what fails of them, and means of measured columns.

    ``check_code`` is ``rows:all``, a code of `warehouse.marts._quality_checks`, ``refused:<RULE>``, ``repeated:row``,
    or of the log of deliveries ``due:``, ``late:``, ``missing:`` and ``returned:``; ``failed_count`` the rows that fail
    (of ``rows:all``: all rows); ``mean_value`` the mean of a measured column, null elsewhere; ``example_row`` and
    ``example_batch`` where one failing row was delivered (number as people count, delivery).

    Parameters
    ----------
    batches : mapping or None
        Batches in force by dataset: what has none is left out. None for every dataset.
    """
    known = {name: terms for name, terms in contracts().items() if batches is None or batches.get(name)}
    selects = [_counts(terms) for terms in known.values()]
    selects += [_twins(terms) for terms in known.values() if "twin" in _kinds(terms)]
    selects += [_broken(terms) for terms in known.values() if "rule" in _kinds(terms)]
    selects += [_REFUSED, _REPEATED]
    if LOG in known:
        selects.append(_deliveries(known))
    return selects


def _counts(terms: Contract) -> str:
    lines = [_line(f"'{ROWS}'", "count(*)")]
    for check in checks_of(terms.dataset):
        if check.kind == "mean":
            lines.append(
                _line(f"'{check.code}'", f"count({check.sql})", mean=f"sum({check.sql})::double / count({check.sql})")
            )
        elif check.kind == "empty":
            lines.append(_line(f"'{check.code}'", f"count(*) filter (where {check.sql})"))
        elif check.kind == "orphan":
            lines.append(_line(f"'{check.code}'", f"count(*) filter (where {check.sql})", example=_example(check.sql)))
    counted = (
        f"select {unit_sql(terms, 'root_code')} as _unit, {month_sql(terms)} as _month,"
        f" unnest([{', '.join(lines)}]) as _line"
        f" from curated.{quoted(terms.dataset)}, (select {ROOT} as root_code) group by all"
    )
    return _shown(terms, counted)


def _kinds(terms: Contract) -> set[str]:
    return {check.kind for check in checks_of(terms.dataset)}


def _broken(terms: Contract) -> str:
    """Return the select of accepted rows that break a rule which does not refuse."""
    line = _line("'rule:' || rule_name", "count(*)", example=f"min({_place()})")
    return _shown(
        terms,
        f"select _unit, _month, {line} as _line from ("
        f"select {unit_sql(terms, 'root_code')} as _unit, {month_sql(terms)} as _month, batch_id, row_number, rule_name"
        f" from curated.{quoted(terms.dataset)} inner join ledger.rule_break using (batch_id, row_number),"
        f" (select {ROOT} as root_code)"
        ") group by _unit, _month, rule_name",
    )


def _twins(terms: Contract) -> str:
    """Return the select of rows that repeat another row of their month in everything but the key."""
    content = ", ".join(quoted(column.name) for column in terms.columns if column.name not in terms.key)
    groups = (
        f"select {unit_sql(terms, 'root_code')} as _unit, {month_sql(terms)} as _month, count(*) - 1 as _more,"
        f" max({_place()}) as _place"
        f" from curated.{quoted(terms.dataset)}, (select {ROOT} as root_code)"
        f" group by _unit, _month, hash({content}) having count(*) > 1"
    )
    line = _line("'twin:row'", "sum(_more)::bigint", example="max(_place)")
    return _shown(terms, f"select _unit, _month, {line} as _line from ({groups}) group by all")


# What a delivery lost before it was curated; its city is that of its sender.
_SENDER = "coalesce(left(batch.unit_code, 4) || '00', root_code)"
_PERIOD = f"case when length(batch.period) = 7 then batch.period else '{HELD}' end"
_REFUSED = f"""
select
    batch.dataset as dataset,
    {_SENDER} as region_code,
    {_PERIOD} as month,
    'refused:' || refusal.rule_code as check_code,
    sum(refusal.refused_count)::bigint as failed_count,
    null::double as mean_value,
    min(refusal.example_row) as example_row,
    min(batch.batch_id) as example_batch
from ledger.refusal as refusal
inner join ledger.batch as batch using (batch_id), (select {ROOT} as root_code)
group by 1, 2, 3, 4
"""
_REPEATED = f"""
select
    batch.dataset as dataset,
    {_SENDER} as region_code,
    {_PERIOD} as month,
    'repeated:row' as check_code,
    sum(batch.duplicate_count)::bigint as failed_count,
    null::double as mean_value,
    null::bigint as example_row,
    min(batch.batch_id) as example_batch
from ledger.batch as batch, (select {ROOT} as root_code)
group by 1, 2, 3
having sum(batch.duplicate_count) > 0
"""
# A city that sends nothing in more months than this has nothing to tell in them; the others owe every month.
_REGULAR = 0.75
# A dataset that came in month by month for so long is owed on, also when nobody sends it any more.
_MONTHS_KNOWN = 12
# Days after the end of a month in which a dataset is due, where its contract says nothing.
_DUE_DAYS = 15


# The months that each city owes of each dataset, out of what was ``sent``.
_OWED = f"""
periods as (select distinct dataset, period from sent),
spans as (
    select
        dataset,
        count(*) as period_count,
        strptime(min(period) || '-01', '%Y-%m-%d') as oldest,
        strptime(max(period) || '-01', '%Y-%m-%d') as newest
    from periods
    group by dataset
),
stopped as (
    select
        dataset,
        unnest(generate_series(newest + interval 1 month, ended, interval 1 month)) as month
    from spans
    cross join (select max(arrived) as ended from sent) as log
    where period_count >= greatest({_MONTHS_KNOWN}, {_REGULAR} * (datediff('month', oldest, newest) + 1))
),
regular as (
    select sent.dataset, sent.unit
    from sent
    inner join spans using (dataset)
    group by sent.dataset, sent.unit, spans.period_count
    having count(*) >= {_REGULAR} * spans.period_count
),
owed as (
    select periods.dataset, regular.unit, periods.period
    from (
        from periods
        union all
        select dataset, strftime(month, '%Y-%m') from stopped
    ) as periods
    inner join regular using (dataset)
    union
    select dataset, unit, period
    from sent
)"""


def _deliveries(known: Mapping[str, Contract]) -> str:
    """Return the select of what the log says: a city that delivers regularly owes each month that any city delivered.

    It owes each month after the last one, too, of what came in month by month for a year: what everybody stopped to
    send is missing. What falls due after the last package of the log is not owed yet. Instants are UTC, days are those
    of China.
    """
    terms = ", ".join(
        f"('{name}', {_DUE_DAYS if one.due_days is None else one.due_days})" for name, one in known.items()
    )
    line = "{'check_code': %s, 'failed_count': %s}"
    lines = ", ".join(
        line % part
        for part in (
            ("'due:delivery'", "1"),
            ("'late:delivery'", "(coalesce(sent.arrived > grid.due, false))::bigint"),
            ("'missing:delivery'", "(sent.arrived is null)::bigint"),
            ("'returned:row'", "coalesce(sent.returned_count, 0)"),
        )
    )
    return f"""
select
    dataset, region_code, month, _line.check_code as check_code, _line.failed_count as failed_count,
    null::double as mean_value, null::bigint as example_row, null::varchar as example_batch
from (
    with
    sent as (
        select
            dataset,
            left(from_node, 4) || '00' as unit,
            period,
            min((make_timestamp(epoch_us(received_at)) + interval 8 hour)::date) filter (where signature_ok) as arrived,
            sum(rejected_count)::bigint as returned_count
        from curated.{LOG}
        where length(period) = 7
        group by 1, 2, 3
    ),
    terms(dataset, due_days) as (values {terms}),
    {_OWED},
    grid as (
        select
            owed.dataset,
            owed.unit,
            owed.period,
            (strptime(owed.period || '-01', '%Y-%m-%d') + interval 1 month)::date - 1 + terms.due_days as due
        from owed
        inner join terms using (dataset)
    )
    select grid.dataset, grid.unit as region_code, grid.period as month, unnest([{lines}]) as _line
    from grid
    left join sent on grid.dataset = sent.dataset and grid.unit = sent.unit and grid.period = sent.period
    where sent.arrived is not null or grid.due < (select max(arrived) from sent)
)
where _line.failed_count > 0
"""


def _line(code: str, count: str, *, mean: str = "null::double", example: str = "null::varchar") -> str:
    return f"{{'check_code': {code}, 'failed_count': {count}, 'mean_value': {mean}, 'place': {example}}}"


def _example(condition: str) -> str:
    return f"min({_place()}) filter (where {condition})"


def _place() -> str:
    """Return where a row was delivered as one text, so that its two parts stay together; numbers sort as numbers."""
    return "batch_id || ':' || lpad(row_number::varchar, 9, '0')"


def _shown(terms: Contract, counted: str) -> str:
    return (
        f"select '{terms.dataset}' as dataset, _unit as region_code, _month as month, _line.check_code as check_code,"
        " _line.failed_count as failed_count, _line.mean_value as mean_value,"
        " try_cast(split_part(_line.place, ':', 2) as bigint) as example_row,"
        " split_part(_line.place, ':', 1) as example_batch"
        f" from ({counted}) where _line.failed_count > 0"
    )
