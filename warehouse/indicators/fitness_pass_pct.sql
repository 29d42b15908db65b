-- People tested in each year by the standard in force and those who passed, by that standard.
with
full_year as (
    select year
    from marts.mart_month
    group by year
    having count(*) = 12 or bool_or(is_newest)
),

final as (
    select
        test.region_code,
        full_year.year as period,
        test.standard_version as part_code,
        count(*) filter (where test.grade_code <> 'fail') as numerator,
        count(*) as denominator
    from core.fitness_test as test
    inner join full_year on strftime(test.tested_on, '%Y') = full_year.year
    -- The standard revised in 2023 replaced that of 2003 for the tests from 2024 on.
    where test.standard_version = case when full_year.year >= '2024' then '2023' else '2003' end
    group by test.region_code, full_year.year, test.standard_version
)

select * from final
