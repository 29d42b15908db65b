-- People tested in each year who were asked and those who exercise regularly, by age group.
with
full_year as (
    select year
    from marts.mart_month
    group by year
    having count(*) = 12 or bool_or(is_newest)
),

city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
),

final as (
    select
        coalesce(city.city_code, test.region_code) as region_code,
        full_year.year as period,
        test.age_group_code as part_code,
        count(*) filter (where test.exercises_regularly) as numerator,
        count(*) as denominator
    from core.fitness_test as test
    inner join full_year on strftime(test.tested_on, '%Y') = full_year.year
    left join city on test.region_code = city.region_code
    where test.exercises_regularly is not null
    group by coalesce(city.city_code, test.region_code), full_year.year, test.age_group_code
)

select * from final
