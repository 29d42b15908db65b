-- Campus football schools at the end of each year, by city.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

year_end as (
    select
        year as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by year
),

final as (
    select
        city.city_code as region_code,
        year_end.period,
        count(*) as numerator
    from year_end
    inner join core.youth_club as school
        on
            school.founded_on <= year_end.ended_on
            and (school.closed_on is null or school.closed_on > year_end.ended_on)
    inner join city on school.region_code = city.region_code
    where school.kind_code = 'campus_football_school'
    group by city.city_code, year_end.period
)

select * from final
