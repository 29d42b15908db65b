-- One link on one day; rows belong to the region at its lower end, of the deliveries that stand.
-- key: link_id, date
with final as (
    select
        link_id,
        date,
        from_region,
        to_region,
        bandwidth_mbps,
        used_mbps,
        outage_minutes,
        batch_id
    from curated.network_link
)

select * from final
