-- Instructors on the register at the end of each quarter, by grade.
with
quarter_end as (
    select
        quarter as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by quarter
),

change as (
    select region_code, grade_code, registered_on as day, 1 as registered from core.instructor
    union all
    select region_code, grade_code, ended_on, -1 from core.instructor where ended_on > registered_on
),

changed as (
    -- Counted at the first end of a quarter that sees it: one pass over the register instead of one for each quarter.
    select
        change.region_code,
        change.grade_code,
        quarter_end.ended_on,
        sum(change.registered) as registered
    from change
    asof inner join quarter_end on change.day <= quarter_end.ended_on
    group by change.region_code, change.grade_code, quarter_end.ended_on
),

stock as (
    select
        grades.region_code,
        q.period,
        grades.grade_code as part_code,
        sum(coalesce(changed.registered, 0)) over (
            partition by grades.region_code, grades.grade_code order by q.ended_on
        ) as numerator
    from (select distinct region_code, grade_code from core.instructor) as grades
    cross join quarter_end as q
    left join changed
        on
            grades.region_code = changed.region_code
            and grades.grade_code = changed.grade_code
            and q.ended_on = changed.ended_on
),

final as (
    select
        region_code,
        period,
        part_code,
        numerator
    from stock
    where numerator > 0
)

select * from final
