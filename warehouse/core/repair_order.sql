-- One repair ticket of a piece of equipment, with the hours from the report to the repair.
-- key: repair_id
-- sensitivity: internal
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
        date_diff('minute', reported_at, repaired_at) / 60.0 as repair_hours
    from staging.stg_repair_order
)

select * from final
