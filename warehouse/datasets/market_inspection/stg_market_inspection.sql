-- One inspection of a sports business and the case that came of it, of the deliveries that stand.
-- key: case_id
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
        complaint_count,
        batch_id
    from curated.market_inspection
)

select * from final
