-- One case of approval, of the deliveries that stand.
-- key: case_id
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
        visit_count,
        batch_id
    from curated.approval
)

select * from final
