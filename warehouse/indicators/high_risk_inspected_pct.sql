-- High-risk sites open at the end of each quarter, and those inspected in the twelve months up to it, by sport.
with
quarter_end as (
    -- Quarters whose twelve months the build holds whole.
    select
        quarter as period,
        ended_on
    from marts.mart_month
    where is_quarter_end and months_known >= 12
),

inspected as (
    select distinct
        q.period,
        i.enterprise_id
    from quarter_end as q
    inner join core.market_inspection as i
        on i.inspected_on <= q.ended_on and i.inspected_on > last_day((q.ended_on - interval 12 month)::date)
),

final as (
    select
        e.region_code,
        q.period,
        e.high_risk_kind as part_code,
        count(i.enterprise_id) as numerator,
        count(*) as denominator
    from quarter_end as q
    inner join core.enterprise as e
        on e.founded_on <= q.ended_on and (e.closed_on is null or e.closed_on > q.ended_on)
    left join inspected as i on q.period = i.period and e.enterprise_id = i.enterprise_id
    where e.high_risk_kind is not null
    group by e.region_code, q.period, e.high_risk_kind
)

select * from final
