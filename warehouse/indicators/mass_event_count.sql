-- Mass competitions and fitness activities held, by level.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        level_code as part_code,
        count(*) as numerator
    from core.event
    where state = 'held' and kind_code in ('mass', 'activity')
    group by region_code, strftime(start_on, '%Y-%m'), level_code
)

select * from final
