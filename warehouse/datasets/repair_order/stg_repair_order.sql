-- One repair ticket of a piece of equipment, of the deliveries that stand.
-- key: repair_id
with final as (
    select
        repair_id,
        equipment_id,
        region_code,
        reported_at,
        dispatched_at,
        repaired_at,
        confirmed_at,
        state,
        fault_code,
        reporter_kind,
        rating,
        cost_cny,
        batch_id
    from curated.repair_order
)

select * from final
