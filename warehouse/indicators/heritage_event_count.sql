-- Events of traditional sports culture that were held in each quarter, by city and discipline.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

whole_quarter as (
    -- A quarter of which only the last months are known is no quarter.
    select quarter
    from marts.mart_month
    group by quarter
    having month(min(began_on)) in (1, 4, 7, 10)
),

final as (
    -- Other events are looked at too: a quarter in which only those were held is a quarter with none.
    select
        city.city_code as region_code,
        year(event.start_on) || '-Q' || quarter(event.start_on) as period,
        case when event.kind_code = 'traditional' then event.discipline_code end as part_code,
        count(*) filter (where event.kind_code = 'traditional') as numerator
    from core.event as event
    inner join city on event.region_code = city.region_code
    where
        event.state = 'held'
        and year(event.start_on) || '-Q' || quarter(event.start_on) in (select whole_quarter.quarter from whole_quarter)
    group by
        city.city_code,
        year(event.start_on) || '-Q' || quarter(event.start_on),
        case when event.kind_code = 'traditional' then event.discipline_code end
)

select * from final
