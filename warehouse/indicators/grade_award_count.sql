-- Technical grades awarded in each month, grade 2 or better, by city and grade.
with final as (
    -- Grade 3 is looked at too: a month in which only that was awarded is a month with none.
    select
        region_code,
        strftime(awarded_on, '%Y-%m') as period,
        case when grade_code <> 'grade_3' then grade_code end as part_code,
        count(*) filter (where grade_code <> 'grade_3') as numerator
    from core.grade_award
    group by region_code, period, part_code
)

select * from final
