-- One project of the fund for the sports industry.
-- key: project_id
-- sensitivity: internal
with final as (
    select
        project_id,
        project_name,
        kind_code,
        region_code,
        enterprise_id,
        granted_on,
        granted_cny,
        paid_cny,
        own_funds_cny,
        stage,
        stage_due_on,
        stage_done_on,
        review_due_on,
        review_done_on,
        progress_due_on,
        progress_done_on,
        acceptance_due_on,
        acceptance_done_on,
        evaluation_due_on,
        evaluation_done_on,
        jobs_count,
        score
    from staging.stg_fund_project
)

select * from final
