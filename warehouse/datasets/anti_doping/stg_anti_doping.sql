-- One row: one team x month, of the deliveries that stand.
-- key: team_code, month
with final as (
    select
        team_code,
        month,
        education_due_count,
        education_done_count,
        test_planned_count,
        test_done_count,
        officer_count,
        batch_id
    from curated.anti_doping
)

select * from final
