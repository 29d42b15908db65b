-- Instructors on the register at the end of each month and those who served in the ninety days up to it, by grade.
with
served as (
    -- The last day of each month on which an instructor served is all that a window which ends later needs.
    select
        instructor_id,
        date_trunc('month', day)::date as began_on,
        min(day) as first_day,
        max(day) as day
    from (
        select
            instructor_id,
            (make_timestamp(epoch_us(started_at)) + interval 8 hour)::date as day
        from core.instructor_service
    )
    group by all
),

month_end as (
    -- Months whose ninety days the records hold.
    select
        month,
        began_on,
        ended_on
    from marts.mart_month
    where ended_on - 89 >= (select min(first_day) from served)
),

change as (
    select region_code, grade_code, registered_on as day, 1 as registered from core.instructor
    union all
    select region_code, grade_code, ended_on, -1 from core.instructor where ended_on > registered_on
),

changed as (
    select
        region_code,
        grade_code,
        greatest(date_trunc('month', day)::date, (select min(began_on) from marts.mart_month)) as began_on,
        sum(registered) as registered
    from change
    group by all
),

stock as (
    select
        grid.region_code,
        grid.grade_code,
        grid.began_on,
        sum(coalesce(changed.registered, 0)) over (
            partition by grid.region_code, grid.grade_code order by grid.began_on
        ) as registered
    from (
        select grades.region_code, grades.grade_code, m.began_on
        from (select distinct region_code, grade_code from core.instructor) as grades
        cross join marts.mart_month as m
    ) as grid
    left join changed using (region_code, grade_code, began_on)
),

reached as (
    -- Ninety days reach into three months, or one day into a fourth.
    select distinct
        served.instructor_id,
        m.began_on,
        m.ended_on
    from (
        select
            instructor_id,
            day,
            (began_on + to_months(later.months::integer))::date as began_on
        from served
        cross join range(0, 4) as later (months)
    ) as served
    inner join month_end as m on served.began_on = m.began_on and served.day > m.ended_on - 90
),

active as (
    select
        instructor.region_code,
        instructor.grade_code,
        reached.began_on,
        count(*) as active
    from reached
    inner join core.instructor as instructor
        on
            reached.instructor_id = instructor.instructor_id
            and instructor.registered_on <= reached.ended_on
            and (instructor.ended_on is null or instructor.ended_on > reached.ended_on)
    group by instructor.region_code, instructor.grade_code, reached.began_on
),

final as (
    select
        stock.region_code,
        m.month as period,
        stock.grade_code as part_code,
        coalesce(active.active, 0) as numerator,
        stock.registered as denominator
    from stock
    inner join month_end as m on stock.began_on = m.began_on
    left join active
        on
            stock.region_code = active.region_code
            and stock.grade_code = active.grade_code
            and stock.began_on = active.began_on
    where stock.registered > 0
)

select * from final
