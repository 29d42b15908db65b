-- People who took part in mass competitions and fitness activities, by level.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        level_code as part_code,
        sum(coalesce(participant_count, 0)) as numerator
    from core.event
    where state = 'held' and kind_code in ('mass', 'activity')
    group by region_code, strftime(start_on, '%Y-%m'), level_code
)

select * from final
