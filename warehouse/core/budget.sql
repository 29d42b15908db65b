-- Budget and execution of one project of one unit in one month.
-- key: unit_code, project_code, month
-- sensitivity: internal
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
        executed_ytd_cny
    from staging.stg_budget
)

select * from final
