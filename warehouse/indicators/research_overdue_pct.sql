-- Research projects running at the end of each month, and those past the day they were due, by field.
with final as (
    select
        p.region_code,
        m.month as period,
        p.field_code as part_code,
        count(*) filter (where p.due_on < m.ended_on) as numerator,
        count(*) as denominator
    from marts.mart_month as m
    inner join core.research_project as p
        on p.start_on <= m.ended_on and (p.finished_on is null or p.finished_on > m.ended_on)
    where p.state <> 'terminated'
    group by p.region_code, m.month, p.field_code
)

select * from final
