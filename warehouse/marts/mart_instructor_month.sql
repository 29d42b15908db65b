-- Instructors on the register at the end of each month, by county and grade.
-- key: region_code, grade_code, month
-- sensitivity: restricted
with
change as (
    select region_code, grade_code, registered_on as day, 1 as registered from core.instructor
    union all
    select region_code, grade_code, ended_on, -1 from core.instructor where ended_on > registered_on
),

changed as (
    -- What happened before the first month is the stock that it begins with.
    select
        region_code,
        grade_code,
        greatest(date_trunc('month', day)::date, (select min(began_on) from marts.mart_month)) as began_on,
        sum(registered) as registered
    from change
    group by all
),

stock as (
    -- Summed up month by month: one pass over the register instead of one for each month.
    select
        grid.region_code,
        grid.grade_code,
        grid.month,
        sum(coalesce(changed.registered, 0)) over (
            partition by grid.region_code, grid.grade_code order by grid.began_on
        ) as registered
    from (
        select grades.region_code, grades.grade_code, m.began_on, m.month
        from (select distinct region_code, grade_code from core.instructor) as grades
        cross join marts.mart_month as m
    ) as grid
    left join changed
        on
            grid.region_code = changed.region_code
            and grid.grade_code = changed.grade_code
            and grid.began_on = changed.began_on
),

final as (
    select
        region_code,
        grade_code,
        month,
        registered::bigint as registered_count
    from stock
    where registered > 0
)

select * from final
