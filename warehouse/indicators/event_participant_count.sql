-- Participants of the events held in each month, by county and kind.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        kind_code as part_code,
        coalesce(sum(participant_count), 0) as numerator
    from core.event
    where state = 'held'
    group by region_code, strftime(start_on, '%Y-%m'), kind_code
)

select * from final
