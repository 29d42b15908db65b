-- Athletes on the register and coaches in office at the end of each quarter, by city.
with
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
        person.region_code,
        quarter_end.quarter as period,
        sum(person.athlete_count) as numerator,
        sum(person.coach_count) as denominator
    from marts.mart_month as quarter_end
    inner join person
        on
            person.began_on <= quarter_end.ended_on
            and (person.left_on is null or person.left_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end
    group by person.region_code, quarter_end.quarter
)

select * from final
