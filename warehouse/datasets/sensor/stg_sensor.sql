-- One device at a venue, of the deliveries that stand.
-- key: sensor_id
with final as (
    select
        sensor_id,
        venue_id,
        kind_code,
        range_m,
        installed_on,
        retired_on,
        lon,
        lat,
        status,
        last_seen_at,
        reporting_minutes,
        model_name,
        batch_id
    from curated.sensor
)

select * from final
