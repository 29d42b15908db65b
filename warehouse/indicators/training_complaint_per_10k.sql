-- Complaints about the courses that began in each month and those who enrolled in them, by discipline.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        coalesce(discipline_code, 'other') as part_code,
        sum(complaint_count) as numerator,
        sum(enrolled_count) as denominator
    from core.training_course
    group by region_code, strftime(start_on, '%Y-%m'), coalesce(discipline_code, 'other')
)

select * from final
