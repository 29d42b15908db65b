-- Packages of each node by the month in which they were received.
with

received as (
    select
        from_node,
        row_count,
        rejected_count,
        signature_ok,
        strftime(received_at at time zone 'Asia/Shanghai', '%Y-%m') as received_month
    from core.exchange_log
    where
        received_at is not null
        and received_at <= $as_of
),

final as (
    select
        from_node,
        received_month,
        count(*) as package_count,
        sum(row_count)::bigint as row_count,
        sum(rejected_count)::bigint as rejected_count,
        count(*) filter (where not signature_ok) as unsigned_count
    from received
    group by from_node, received_month
    order by received_month, from_node
)

select * from final
