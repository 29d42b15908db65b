-- One device at a venue.
-- key: sensor_id
-- sensitivity: internal
with final as (
    select
        device.sensor_id,
        device.venue_id,
        device.kind_code,
        device.range_m,
        device.installed_on,
        device.retired_on,
        device.lon,
        device.lat,
        device.status,
        device.last_seen_at,
        device.reporting_minutes,
        device.model_name,
        venue.region_code
    from staging.stg_sensor as device
    left join core.venue as venue on device.venue_id = venue.venue_id
)

select * from final
