-- Instructors on the register at the end of each quarter, by grade.
with
quarter_end as (
    select
        quarter as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by quarter
),

final as (
    select
        i.region_code,
        q.period,
        i.grade_code as part_code,
        count(*) as numerator
    from quarter_end as q
    inner join core.instructor as i
        on i.registered_on <= q.ended_on and (i.ended_on is null or i.ended_on > q.ended_on)
    group by i.region_code, q.period, i.grade_code
)

select * from final
