-- Registered young people in amateur training in each month, by city and kind of training place.
with final as (
    select
        city.region_code,
        training.month as period,
        training.place_kind as part_code,
        count(distinct training.person_key) as numerator
    from core.youth_training as training
    inner join core.region_above as above on training.region_code = above.region_code
    inner join core.region as city on above.above_code = city.region_code and city.level = 'city'
    where training.is_registered
    group by city.region_code, training.month, training.place_kind
)

select * from final
