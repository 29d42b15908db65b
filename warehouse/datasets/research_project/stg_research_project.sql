-- One research project, of the deliveries that stand.
-- key: project_id
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
        applied_count,
        batch_id
    from curated.research_project
)

select * from final
