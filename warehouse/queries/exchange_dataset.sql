-- What each node delivered of each dataset: how much, until when, and what was refused lately.
with

received as (
    select
        from_node,
        dataset,
        period,
        row_count,
        accepted_count,
        rejected_count,
        received_at,
        signature_ok
    from core.exchange_log
    where
        received_at is not null
        and received_at <= $as_of
),

final as (
    select
        from_node,
        dataset,
        count(*) as package_count,
        count(*) filter (where received_at > $since) as recent_package_count,
        coalesce(sum(row_count) filter (where received_at > $since), 0)::bigint as recent_row_count,
        coalesce(sum(rejected_count) filter (where received_at > $since), 0)::bigint as recent_rejected_count,
        count(*) filter (where not signature_ok and received_at > $since) as recent_unsigned_count,
        max(received_at) as last_received_at,
        max(period) filter (where accepted_count > 0) as last_period,
        arg_max(signature_ok, received_at) as last_signature_ok,
        arg_max(rejected_count / greatest(row_count, 1), received_at) as last_rejected_share
    from received
    group by from_node, dataset
    order by from_node, dataset
)

select * from final
