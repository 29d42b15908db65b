-- Research projects running at the end of each quarter, by field; those terminated have no day and never count.
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
        p.region_code,
        q.period,
        p.field_code as part_code,
        count(*) as numerator
    from quarter_end as q
    inner join core.research_project as p
        on p.start_on <= q.ended_on and (p.finished_on is null or p.finished_on > q.ended_on)
    where p.state <> 'terminated'
    group by p.region_code, q.period, p.field_code
)

select * from final
