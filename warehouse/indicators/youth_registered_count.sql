-- Registered young people in amateur training in each month, by city and kind of training place.
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
        training.month as period,
        training.place_kind as part_code,
        count(distinct training.person_key) as numerator
    from core.youth_training as training
    inner join city on training.region_code = city.region_code
    where training.is_registered
    group by city.city_code, training.month, training.place_kind
)

select * from final
