-- Athletes on the register at the end of each quarter by city of origin, by sex.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

quarter_end as (
    select
        quarter as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by quarter
),

final as (
    select
        city.city_code as region_code,
        quarter_end.period,
        athlete.sex_code as part_code,
        count(*) as numerator
    from quarter_end
    inner join core.athlete as athlete
        on
            athlete.registered_on <= quarter_end.ended_on
            and (athlete.left_on is null or athlete.left_on > quarter_end.ended_on)
    inner join city on athlete.region_code = city.region_code
    where athlete.status <> 'trial'
    group by city.city_code, quarter_end.period, athlete.sex_code
)

select * from final
