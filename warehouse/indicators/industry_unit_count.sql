-- Units open at the end of each quarter, by main class.
with final as (
    select
        e.region_code,
        quarter_end.quarter as period,
        left(e.industry_code, 2) as part_code,
        count(*) as numerator
    from marts.mart_month as quarter_end
    inner join core.enterprise as e
        on e.founded_on <= quarter_end.ended_on and (e.closed_on is null or e.closed_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end
    group by e.region_code, quarter_end.quarter, left(e.industry_code, 2)
)

select * from final
