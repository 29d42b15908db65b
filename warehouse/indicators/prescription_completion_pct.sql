-- Exercise prescriptions by the quarter of the thirtieth day after they were due, and those completed by then.
with
judged as (
    select
        region_code,
        due_on + 30 as judged_on,
        coalesce(completed_on <= due_on + 30, false) as is_completed
    from core.health_referral
    where due_on is not null
),

final as (
    select
        judged.region_code,
        m.quarter as period,
        count(*) filter (where judged.is_completed) as numerator,
        count(*) as denominator
    from judged
    inner join marts.mart_month as m on judged.judged_on between m.began_on and m.ended_on
    group by judged.region_code, m.quarter
)

select * from final
