-- Spectators on site of the events held in each month, by city and kind.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        kind_code as part_code,
        coalesce(sum(spectator_count), 0) as numerator
    from core.event
    where state = 'held'
    group by region_code, strftime(start_on, '%Y-%m'), kind_code
)

select * from final
