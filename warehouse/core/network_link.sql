-- One link on one day; rows belong to the region at its lower end.
-- key: link_id, date
-- sensitivity: internal
with final as (
    select
        link_id,
        date,
        from_region,
        to_region,
        bandwidth_mbps,
        used_mbps,
        outage_minutes,
        from_region as region_code
    from staging.stg_network_link
)

select * from final
