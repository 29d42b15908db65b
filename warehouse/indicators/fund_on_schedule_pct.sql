-- Fund projects under way at the end of each month, and those without a stage overdue, by kind of support.
with
under_way as (
    select
        p.region_code,
        m.month as period,
        p.kind_code as part_code,
        coalesce(p.review_due_on <= m.ended_on and (p.review_done_on is null or p.review_done_on > m.ended_on), false)
        or coalesce(
            p.progress_due_on <= m.ended_on and (p.progress_done_on is null or p.progress_done_on > m.ended_on), false
        )
        or coalesce(
            p.acceptance_due_on <= m.ended_on and (p.acceptance_done_on is null or p.acceptance_done_on > m.ended_on),
            false
        )
        or coalesce(
            p.evaluation_due_on <= m.ended_on and (p.evaluation_done_on is null or p.evaluation_done_on > m.ended_on),
            false
        ) as is_overdue
    from marts.mart_month as m
    inner join core.fund_project as p
        on p.granted_on <= m.ended_on and (p.evaluation_done_on is null or p.evaluation_done_on > m.ended_on)
),

final as (
    select
        region_code,
        period,
        part_code,
        count(*) filter (where not is_overdue) as numerator,
        count(*) as denominator
    from under_way
    group by region_code, period, part_code
)

select * from final
