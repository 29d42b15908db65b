"""The SQL behind the indicators: one file counts one indicator, the frame around it is the same for all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from analytics.disclosure import LEAST_PERSONS
from analytics.indicator import NEARLY_WHOLE, Indicator, indicators
from warehouse.steps import tables_read

FOLDER = Path(__file__).resolve().parent / "indicators"
# Tables that the frame reads.
FRAME_READS = ("core.region", "core.region_above", "core.population", "marts.mart_month", "marts.mart_quality_count")
# Characters of a period, by its kind.
PERIOD_LENGTH = {"hour": 13, "day": 10, "week": 8, "month": 7, "quarter": 7, "year": 4}
# From a period of an indicator to the months whose deliveries it needs.
_PERIOD_OF_MONTH = {
    "month": "month",
    "quarter": "left(month, 4) || '-Q' || ceil(right(month, 2)::integer / 3.0)::integer",
    "year": "left(month, 4)",
}
# Months of a period of which each is delivered for itself.
_MONTHS_IN = {"quarter": 3, "year": 12}
_MONTH_OF_PERIOD = {
    "hour": "left(period, 7)",
    "day": "left(period, 7)",
    "week": "strftime(strptime(period || '-7', '%G-W%V-%u'), '%Y-%m')",
    "month": "period",
    "quarter": "left(period, 4) || '-' || lpad((right(period, 1)::integer * 3)::varchar, 2, '0')",
    "year": "period || '-12'",
}
# Parts are kept of the newest month and the three years before it: what is odd in the newest two years is explained by
# them, and what was to be expected of a part needs its year before. Years are all kept, they are few.
PART_MONTHS = 36
_FIRST_PART = {
    "week": "strftime(began_on - to_months({months}), '%G-W%V')",
    "month": "strftime(began_on - to_months({months}), '%Y-%m')",
    "quarter": ("year(began_on - to_months({months})) || '-Q' || quarter(began_on - to_months({months}))"),
}


@cache
def counts_sql(code: str) -> str:
    """Return the select that counts an indicator, as ``warehouse/indicators/<code>.sql`` holds it.

    It gives ``region_code, period, numerator, denominator`` at the smallest area of the indicator or inside it (of
    ``own``: at every level, and ``value``), and ``part_code`` where the indicator is divided into parts: a few rows an
    area, period and part, which are added. Denominators of ``sum`` and ``per_resident`` are left out.
    """
    return (FOLDER / f"{code}.sql").read_text("utf-8").rstrip()


@cache
def tables_of(code: str) -> tuple[str, ...]:
    """Return the tables that an indicator is counted from."""
    return tables_read(counts_sql(code))


def all_tables() -> tuple[str, ...]:
    """Return the tables that any indicator is counted from, and those of the frame."""
    return tuple(sorted({*FRAME_READS, *(table for code in indicators() for table in tables_of(code))}))


def fine(indicator: Indicator) -> Indicator:
    """Return an indicator as it is measured in its shorter periods."""
    if not indicator.fine_period:
        raise ValueError(f"{indicator.code} has no shorter periods")
    return replace(indicator, period=indicator.fine_period, fine_period=indicator.fine_period)


def measured_sql(indicator: Indicator) -> str:
    """Return the select of an indicator in every area and period, see `warehouse.marts.mart_indicator`.

    Of ``fine(indicator)``: in its shorter periods.
    """
    return _without_few_persons(_measured(indicator)) if indicator.is_private else _measured(indicator)


def _without_few_persons(measured: str) -> str:
    """Return figures without those of fewer than ten persons, nor of as many others as would tell them by subtraction.

    Beside a hidden area at least one other inside the same area is hidden, the smallest first, until the hidden are
    two and together ten persons; so is what lies inside a hidden one, which would add up to it. What is hidden has no
    value and no counts, and the quality ``few``.
    """
    is_small = f"measured.denominator < {LEAST_PERSONS}"
    return f"""
with
measured as ({measured}),
placed as (
    select
        measured.*,
        region.parent_code,
        coalesce({is_small}, false) as is_small,
        coalesce(bool_or({is_small}) over beside, false) as has_small,
        count(*) over smaller as smaller_count,
        sum(measured.denominator) over smaller as smaller_sum
    from measured
    left join core.region as region on measured.region_code = region.region_code
    window
        beside as (partition by measured.period, region.parent_code),
        smaller as (
            partition by measured.period, region.parent_code
            order by measured.denominator, measured.region_code
            rows between unbounded preceding and 1 preceding
        )
),
hidden as (
    select
        *,
        is_small or (has_small and (smaller_count < 2 or smaller_sum < {LEAST_PERSONS})) as is_hidden
    from placed
),
told as (
    select
        own.* exclude (is_hidden),
        own.is_hidden or coalesce(above.is_hidden, false) as is_hidden
    from hidden as own
    left join hidden as above
        on own.parent_code = above.region_code and own.region_code <> above.region_code and own.period = above.period
)
select
    indicator_code,
    region_code,
    period,
    case when not is_hidden then numerator end as numerator,
    case when not is_hidden then denominator end as denominator,
    case when not is_hidden then value end as value,
    case when is_hidden and quality <> 'missing' then 'few' else quality end as quality,
    delivered
from told
"""


def _measured(indicator: Indicator) -> str:
    return f"""
with
counted as materialized ({_counted(indicator)}),
newest as (select month from marts.mart_month where is_newest),
ahead as (
    -- Periods that are not over, told once a period: reading a week's name costs more than all else.
    select period
    from (select distinct period from counted) as periods
    cross join newest
    where {_MONTH_OF_PERIOD[indicator.period]} > newest.month
),
living as (
    select above_code as region_code, sum(resident_count) as resident_count
    from core.population
    inner join core.region_above using (region_code)
    group by above_code
),
rolled as ({_rolled(indicator)}),
{_lost(indicator)},
valued as (
    select region_code, period, numerator, denominator, {_value(indicator)} as raw_value
    from rolled
    union all
    -- Where nothing was counted because nothing was delivered, a row says so.
    select own_lost.region_code, own_lost.period, null, null, null
    from own_lost
    anti join rolled on own_lost.region_code = rolled.region_code and own_lost.period = rolled.period
    where
        own_lost.period in (select period from rolled)
        and own_lost.region_code in (select region_code from rolled)
        and not {_is_longer(indicator)}
),
received as (
    select
        valued.*,
        own_lost.region_code is not null as is_own_lost,
        part_lost.region_code is not null as is_part_lost,
        {_delivered(indicator)} as delivered
    from valued
    left join own_lost using (region_code, period)
    left join part_lost using (region_code, period)
    left join living using (region_code)
)
select
    '{indicator.code}' as indicator_code,
    region_code,
    period,
    numerator,
    denominator,
    case when not is_own_lost or {_is_longer(indicator)} then round(raw_value, 9) end as value,
    case
        when is_own_lost and not {_is_longer(indicator)} then 'missing'
        when period in (select period from ahead) then 'provisional'
        when (is_own_lost or is_part_lost) and delivered >= {NEARLY_WHOLE} then 'nearly'
        when is_own_lost or is_part_lost then 'partial'
        when denominator < {indicator.least_count!r} then 'few'
        else 'ok'
    end as quality,
    delivered
from received
where raw_value is not null or (numerator is null and is_own_lost)
"""


def parts_sql(indicator: Indicator) -> str:
    """Return the select of the parts of an indicator, see `warehouse.marts.mart_indicator_part`.

    Of persons' own matters no parts of a period are told in which any part of any area has fewer than ten persons, or
    those of no known part are so few: the others would tell it by subtraction.
    """
    no_base = indicator.combination in ("sum", "per_resident")
    first = _FIRST_PART.get(indicator.period, "''").format(months=PART_MONTHS)
    smallest = "min(sum(counted.denominator)) over (partition by counted.period)"
    is_told = "counted.part_code is not null"
    few = f"qualify {smallest} >= {LEAST_PERSONS} and {is_told}" if indicator.is_private else ""
    return f"""
select
    '{indicator.code}' as indicator_code,
    above.above_code as region_code,
    counted.period,
    counted.part_code,
    sum(counted.numerator::decimal(28, 6))::double as numerator,
    sum({"null" if no_base else "counted.denominator"}::decimal(28, 6))::double
        as denominator
from ({_counted(indicator)}) as counted
inner join core.region_above as above using (region_code)
where
    {"true" if indicator.is_private else is_told}
    and counted.period >= (select {first} from marts.mart_month where is_newest)
group by above.above_code, counted.period, counted.part_code
having sum(counted.numerator) <> 0 or {"false" if no_base else "sum(counted.denominator) <> 0"}
{few}
"""


def _counted(indicator: Indicator) -> str:
    """Return what was counted in periods of the indicator's kind, at its smallest area or above."""
    counts = counts_sql(indicator.code)
    if indicator.fine_period:
        # The file counts shorter periods besides.
        counts = f"select * from ({counts}) where length(period) = {PERIOD_LENGTH[indicator.period]}"
    if indicator.area == "county" or indicator.combination == "own":
        return counts
    return f"""
    select own.* replace (coalesce(area.region_code, own.region_code) as region_code)
    from ({counts}) as own
    left join (
        select above.region_code as inner_code, region.region_code
        from core.region_above as above
        inner join core.region as region on above.above_code = region.region_code
        where region.level = '{indicator.area}'
    ) as area on own.region_code = area.inner_code
    """


def _rolled(indicator: Indicator) -> str:
    """Return numerators and denominators in the smallest areas and in all that hold them."""
    if indicator.combination == "own":
        return (
            "select region_code, period, numerator::double as numerator, denominator::double as denominator, value"
            " from counted"
        )
    denominator, residents = "null", ""
    if indicator.combination == "ratio":
        denominator = "sum(small.denominator::decimal(28, 6))"
    if indicator.combination == "per_resident":
        # Those of the area itself: what was counted for a whole city adds nobody to the residents of its counties.
        denominator = "any_value(living.resident_count)"
        residents = "left join living on above.above_code = living.region_code"
    return f"""
    select
        above.above_code as region_code,
        small.period,
        sum(small.numerator::decimal(28, 6))::double as numerator,
        {denominator}::double as denominator
    from ({_small(indicator)}) as small
    inner join core.region_above as above using (region_code)
    {residents}
    group by above.above_code, small.period
    """


def _small(indicator: Indicator) -> str:
    """Return the counts of the smallest areas; what is added is 0 where nothing was counted in a period.

    What was counted for a larger area by itself, as a club registered with a city or the channels of a bureau of the
    province, is added there and in the areas that hold it.
    """
    if indicator.combination == "ratio":
        return "select region_code, period, numerator, denominator from counted"
    return f"""
    select
        area.region_code,
        periods.period,
        coalesce(own.numerator, 0) as numerator
    from (
        select region_code from core.region where level = '{indicator.area}'
        union
        select region_code from counted
    ) as area
    cross join (select distinct period from counted) as periods
    left join (
        select region_code, period, sum(numerator::decimal(28, 6)) as numerator
        from counted
        group by region_code, period
    ) as own on area.region_code = own.region_code and periods.period = own.period
    """


def _value(indicator: Indicator) -> str:
    if indicator.combination == "own":
        return "value"
    if indicator.combination == "sum":
        return f"numerator * {indicator.factor!r}"
    return f"case when denominator > 0 then numerator / denominator * {indicator.factor!r} end"


def _is_longer(indicator: Indicator) -> str:
    """Whether a period holds several months, so that one that was not delivered leaves it in part."""
    return "true" if indicator.period in ("quarter", "year") else "false"


def _lost(indicator: Indicator) -> str:
    """Return the periods of which a delivery of what is counted did not come in: both sides of a ratio.

    ``lost`` has cities and how many months of the period they did not send; what is counted at its end alone loses
    all of it. ``own_lost`` has the areas in them, ``part_lost`` those that hold them, with the months times residents
    that are lost; none where somebody's residents are not known.
    """
    return f"""
lost as ({_lost_months(indicator)}),
own_lost as (
    select above.region_code, lost.period, sum(lost.month_count)::bigint as month_count
    from lost
    inner join core.region_above as above on lost.region_code = above.above_code
    group by above.region_code, lost.period
),
part_lost as (
    select
        above.above_code as region_code,
        lost.period,
        case
            when bool_and(living.resident_count is not null) then sum(lost.month_count * living.resident_count)::bigint
        end as resident_months
    from lost
    inner join core.region_above as above on lost.region_code = above.region_code
    left join living on lost.region_code = living.region_code
    where above.above_code <> above.region_code
    group by above.above_code, lost.period
)"""


def _lost_months(indicator: Indicator) -> str:
    if indicator.period not in _PERIOD_OF_MONTH:
        return "select null::varchar as region_code, null::varchar as period, 0 as month_count where false"
    counted = ", ".join(f"'{dataset}'" for dataset in indicator.inputs)
    at_end = ", ".join(f"'{dataset}'" for dataset in ("", *indicator.at_end))
    is_end = f"month in (select month from marts.mart_month where is_{indicator.period}_end)"
    return f"""
    select
        region_code,
        {_PERIOD_OF_MONTH[indicator.period]} as period,
        case
            when bool_or(dataset in ({at_end})) then {_MONTHS_IN.get(indicator.period, 1)}
            else count(distinct month)
        end as month_count
    from marts.mart_quality_count
    where
        dataset in ({counted})
        and check_code = 'missing:delivery'
        and failed_count > 0
        {f"and (dataset not in ({at_end}) or {is_end})" if indicator.at_end else ""}
    group by region_code, {_PERIOD_OF_MONTH[indicator.period]}
    """


def _delivered(indicator: Indicator) -> str:
    """Return the share of the months of an area that came in, weighted with residents; null where those are unknown."""
    months = _MONTHS_IN.get(indicator.period, 1)
    parts = f"part_lost.resident_months / ({months} * living.resident_count)"
    lost = f"coalesce(own_lost.month_count, 0) / {months} + if(part_lost.region_code is null, 0, {parts})"
    return f"round(case when {lost} > 1 then 0 else 1 - ({lost}) end, 9)"
