-- Complaints recorded with the inspections of each month, and units open at its end, by main class.
with
complained as (
    select
        i.region_code,
        strftime(i.inspected_on, '%Y-%m') as period,
        left(e.industry_code, 2) as part_code,
        sum(i.complaint_count) as numerator,
        0 as denominator
    from core.market_inspection as i
    left join core.enterprise as e on i.enterprise_id = e.enterprise_id
    inner join marts.mart_month as m on strftime(i.inspected_on, '%Y-%m') = m.month
    group by i.region_code, strftime(i.inspected_on, '%Y-%m'), left(e.industry_code, 2)
),

in_business as (
    select
        e.region_code,
        m.month as period,
        left(e.industry_code, 2) as part_code,
        0 as numerator,
        count(*) as denominator
    from marts.mart_month as m
    inner join core.enterprise as e
        on e.founded_on <= m.ended_on and (e.closed_on is null or e.closed_on > m.ended_on)
    group by e.region_code, m.month, left(e.industry_code, 2)
),

united as (
    select * from complained
    union all
    select * from in_business
),

final as (
    select
        region_code,
        period,
        part_code,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from united
    group by region_code, period, part_code
)

select * from final
