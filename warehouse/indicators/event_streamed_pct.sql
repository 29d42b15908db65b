-- Events held in each month and those of them that were streamed, by city and level.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        level_code as part_code,
        count(*) filter (where is_streamed) as numerator,
        count(*) as denominator
    from core.event
    where state = 'held'
    group by region_code, strftime(start_on, '%Y-%m'), level_code
)

select * from final
