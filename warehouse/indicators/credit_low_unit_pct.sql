-- Units open at the end of each quarter, and those whose credit score of the last 24 months is below 60, by main class.
with
quarter_end as (
    -- Quarters whose 24 months the build holds whole.
    select
        quarter as period,
        ended_on
    from marts.mart_month
    where is_quarter_end and months_known >= 24
),

lost as (
    -- 5 points a violation, 20, 10 or 5 for the worst kind, and 10 more for every further inspection that found one.
    select
        q.period,
        i.enterprise_id,
        sum(
            5 * i.violation_count
            + case
                when i.violation_code in ('licence', 'lifeguard', 'water') then 20
                when i.violation_code in ('prepaid', 'insurance') then 10
                else 5
            end
        ) + 10 * (count(*) - 1) as points
    from quarter_end as q
    inner join core.market_inspection as i
        on i.inspected_on <= q.ended_on and i.inspected_on > last_day((q.ended_on - interval 24 month)::date)
    where i.violation_count > 0
    group by q.period, i.enterprise_id
),

final as (
    select
        e.region_code,
        q.period,
        left(e.industry_code, 2) as part_code,
        count(*) filter (where l.points > 40) as numerator,
        count(*) as denominator
    from quarter_end as q
    inner join core.enterprise as e
        on e.founded_on <= q.ended_on and (e.closed_on is null or e.closed_on > q.ended_on)
    left join lost as l on q.period = l.period and e.enterprise_id = l.enterprise_id
    group by e.region_code, q.period, left(e.industry_code, 2)
)

select * from final
