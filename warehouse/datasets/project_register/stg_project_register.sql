-- One project through its four stages, of the deliveries that stand.
-- key: project_id
with final as (
    select
        project_id,
        project_name,
        unit_code,
        unit_name,
        region_code,
        budget_cny,
        stage,
        stage_due_on,
        stage_done_on,
        initiation_due_on,
        initiation_done_on,
        implementation_due_on,
        implementation_done_on,
        acceptance_due_on,
        acceptance_done_on,
        operation_due_on,
        operation_done_on,
        has_feasibility_study,
        has_approval,
        has_contract,
        has_design,
        has_supervision,
        has_test_report,
        has_security_assessment,
        has_acceptance_report,
        has_handover,
        has_operation_plan,
        has_evaluation,
        standard_cited,
        reported_on,
        batch_id
    from curated.project_register
)

select * from final
