-- Budget and execution of one project of one unit in one month, of the deliveries that stand.
-- key: unit_code, project_code, month
with final as (
    select
        unit_code,
        project_code,
        month,
        region_code,
        project_name,
        category_code,
        source_code,
        budget_cny,
        executed_cny,
        executed_ytd_cny,
        batch_id
    from curated.budget
)

select * from final
