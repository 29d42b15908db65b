-- One package that a city's node sent to the province's.
-- key: package_id
-- sensitivity: internal
-- scope: from_node
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
        signature_ok
    from staging.stg_exchange_log
)

select * from final
