-- One research project.
-- key: project_id
-- sensitivity: open
with final as (
    select
        project_id,
        title,
        kind_code,
        field_code,
        region_code,
        unit_name,
        funded_cny,
        start_on,
        due_on,
        finished_on,
        state,
        paper_count,
        patent_count,
        applied_count
    from staging.stg_research_project
)

select * from final
