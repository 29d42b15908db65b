-- Every informatization project with its points under the four-stage norm; worst first.
with final as (
    select
        project_id,
        project_name,
        unit_code,
        unit_name,
        region_code,
        stage,
        stage_due_on,
        size_code,
        points,
        is_passing,
        overdue_days,
        standard_cited,
        reported_on,
        missing_items,
        partial_items
    from marts.mart_project_norm
    order by points nulls last, overdue_days desc, project_id
)

select * from final
