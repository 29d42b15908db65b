-- Spectators on site of the events held in each month, by city and kind.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

final as (
    select
        city.city_code as region_code,
        strftime(event.start_on, '%Y-%m') as period,
        event.kind_code as part_code,
        coalesce(sum(event.spectator_count), 0) as numerator
    from core.event as event
    inner join city on event.region_code = city.region_code
    where event.state = 'held'
    group by city.city_code, strftime(event.start_on, '%Y-%m'), event.kind_code
)

select * from final
