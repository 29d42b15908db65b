-- Events of the province's level or above that were held in each month, by city and level.
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
    -- Other events are looked at too: a month in which only those were held is a month with none.
    select
        city.city_code as region_code,
        strftime(event.start_on, '%Y-%m') as period,
        case when event.level_code in ('international', 'national', 'provincial') then event.level_code end as part_code,
        count(*) filter (where event.level_code in ('international', 'national', 'provincial')) as numerator
    from core.event as event
    inner join city on event.region_code = city.region_code
    where event.state = 'held'
    group by
        city.city_code,
        strftime(event.start_on, '%Y-%m'),
        case when event.level_code in ('international', 'national', 'provincial') then event.level_code end
)

select * from final
