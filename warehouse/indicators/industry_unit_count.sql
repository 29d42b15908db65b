-- Units open at the end of each quarter, by main class.
with
quarter_end as (
    select
        quarter as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by quarter
),

final as (
    select
        e.region_code,
        q.period,
        left(e.industry_code, 2) as part_code,
        count(*) as numerator
    from quarter_end as q
    inner join core.enterprise as e
        on e.founded_on <= q.ended_on and (e.closed_on is null or e.closed_on > q.ended_on)
    group by e.region_code, q.period, left(e.industry_code, 2)
)

select * from final
