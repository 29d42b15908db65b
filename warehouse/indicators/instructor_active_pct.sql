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
        stock.registered_count as denominator
    from marts.mart_instructor_month as stock
    inner join month_end as m on stock.month = m.month
    left join active
        on
            stock.region_code = active.region_code
            and stock.grade_code = active.grade_code
            and m.began_on = active.began_on
)

select * from final
