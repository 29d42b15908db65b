-- Research projects running at the end of each quarter, by field; those terminated have no day and never count.
with final as (
    select
        p.region_code,
        quarter_end.quarter as period,
        p.field_code as part_code,
        count(*) as numerator
    from marts.mart_month as quarter_end
    inner join core.research_project as p
        on p.start_on <= quarter_end.ended_on and (p.finished_on is null or p.finished_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end and p.state <> 'terminated'
    group by p.region_code, quarter_end.quarter, p.field_code
)

select * from final
