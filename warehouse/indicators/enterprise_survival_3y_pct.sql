-- Kaplan-Meier share of units alive 36 months after founding, as known at the end of each year, for every level.
with
year_end as (
    select
        year as period,
        max(ended_on) as known_on
    from marts.mart_month
    group by year
),

lived as (
    -- Units founded in the five years before, each followed until it closed or the year was over.
    select
        above.above_code as region_code,
        y.period,
        least(coalesce(e.closed_on, y.known_on), y.known_on) - e.founded_on as days,
        e.closed_on is not null and e.closed_on <= y.known_on as is_closed
    from year_end as y
    inner join core.enterprise as e
        on e.founded_on > y.known_on - interval 60 month and e.founded_on <= y.known_on
    inner join core.region_above as above on e.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level in ('city', 'province')
    where e.closed_on is null or e.closed_on >= e.founded_on
),

by_day as (
    select
        region_code,
        period,
        days,
        count(*) filter (where is_closed) as closed_count,
        count(*) as leaving_count
    from lived
    group by region_code, period, days
),

at_risk as (
    select
        region_code,
        period,
        days,
        closed_count,
        sum(leaving_count) over (
            partition by region_code, period
            order by days desc
        ) as risk_count
    from by_day
),

final as (
    select
        region_code,
        period,
        coalesce(product(1 - closed_count / risk_count) filter (where days <= 1096), 1) * 100 as value,
        coalesce(sum(closed_count) filter (where days <= 1096), 0) as numerator,
        max(risk_count) as denominator
    from at_risk
    group by region_code, period
)

select * from final
