-- Instructors on the register at the end of each quarter, by grade.
with final as (
    select
        stock.region_code,
        quarter_end.quarter as period,
        stock.grade_code as part_code,
        stock.registered_count as numerator
    from marts.mart_instructor_month as stock
    inner join marts.mart_month as quarter_end on stock.month = quarter_end.month
    where quarter_end.is_quarter_end
)

select * from final
