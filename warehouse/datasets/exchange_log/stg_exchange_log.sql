-- One package between two nodes, of the deliveries that stand.
-- key: package_id
with final as (
    select
        package_id,
        from_node,
        to_node,
        dataset,
        period,
        row_count,
        accepted_count,
        rejected_count,
        sent_at,
        received_at,
        signature_ok,
        batch_id
    from curated.exchange_log
)

select * from final
