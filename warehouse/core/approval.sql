-- One case of approval.
-- key: case_id
-- sensitivity: internal
with final as (
    select
        case_id,
        kind_code,
        region_code,
        channel_code,
        received_at,
        due_at,
        decided_at,
        result,
        visit_count
    from staging.stg_approval
)

select * from final
