-- Athletes on the register and coaches in office at the end of each quarter, by city.
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

person as (
    select
        region_code,
        registered_on as began_on,
        left_on,
        1 as athlete_count,
        0 as coach_count
    from core.athlete
    where status <> 'trial'
    union all
    select
        region_code,
        hired_on as began_on,
        left_on,
        0 as athlete_count,
        1 as coach_count
    from core.coach
),

final as (
    select
        city.city_code as region_code,
        quarter_end.period,
        sum(person.athlete_count) as numerator,
        sum(person.coach_count) as denominator
    from quarter_end
    inner join person
        on
            person.began_on <= quarter_end.ended_on
            and (person.left_on is null or person.left_on > quarter_end.ended_on)
    inner join city on person.region_code = city.region_code
    group by city.city_code, quarter_end.period
)

select * from final
