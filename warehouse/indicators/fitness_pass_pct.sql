-- People tested in each year by the standard in force and those who passed, by that standard.
with final as (
    select
        test.region_code,
        year_end.year as period,
        test.standard_version as part_code,
        count(*) filter (where test.grade_code <> 'fail') as numerator,
        count(*) as denominator
    from core.fitness_test as test
    inner join marts.mart_month as year_end on strftime(test.tested_on, '%Y') = year_end.year
    where
        year_end.is_year_end
        and year_end.is_in_whole_year
        -- The standard revised in 2023 replaced that of 2003 for the tests from 2024 on.
        and test.standard_version = case when year_end.year >= '2024' then '2023' else '2003' end
    group by test.region_code, year_end.year, test.standard_version
)

select * from final
