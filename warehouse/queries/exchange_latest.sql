-- The latest packages of a node.
with

final as (
    select
        package_id,
        from_node,
        dataset,
        period,
        row_count,
        accepted_count,
        rejected_count,
        sent_at,
        received_at,
        signature_ok
    from core.exchange_log
    where
        from_node = $node
        and received_at <= $as_of
    order by received_at desc, package_id
    limit 30
)

select * from final
