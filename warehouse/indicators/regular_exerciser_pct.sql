-- People tested in each year who were asked and those who exercise regularly, by age group.
with final as (
    select
        test.region_code,
        year_end.year as period,
        test.age_group_code as part_code,
        count(*) filter (where test.exercises_regularly) as numerator,
        count(*) as denominator
    from core.fitness_test as test
    inner join marts.mart_month as year_end on strftime(test.tested_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and test.exercises_regularly is not null
    group by test.region_code, year_end.year, test.age_group_code
)

select * from final
