-- Pupils tested in each year and those graded good or excellent, by county and school grade.
with final as (
    select
        region_code,
        strftime(tested_on, '%Y') as period,
        grade_code as part_code,
        count(*) filter (where result_code in ('good', 'excellent')) as numerator,
        count(*) as denominator
    from core.student_fitness
    where result_code is not null
    group by region_code, strftime(tested_on, '%Y'), grade_code
)

select * from final
