-- Anti-doping aggregate: one team x month.
-- key: team_code, month
-- sensitivity: restricted
-- scope: none, provincial teams belong to no county and rows hold counts only
with final as (
    select
        team_code,
        month,
        education_due_count,
        education_done_count,
        test_planned_count,
        test_done_count,
        officer_count
    from staging.stg_anti_doping
)

select * from final
