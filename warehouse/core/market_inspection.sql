-- One inspection of a sports business and the case that came of it.
-- key: case_id
-- sensitivity: internal
with final as (
    select
        case_id,
        enterprise_id,
        region_code,
        kind_code,
        inspected_on,
        high_risk_kind,
        violation_count,
        violation_code,
        state,
        revisit_due_on,
        revisited_on,
        closed_on,
        penalty_cny,
        complaint_count
    from staging.stg_market_inspection
)

select * from final
