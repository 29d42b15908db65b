-- One reading of a device.
-- key: sensor_id, read_at
-- sensitivity: internal
with final as (
    select
        reading.sensor_id,
        reading.read_at,
        reading.value,
        reading.unit,
        reading.quality,
        sensor.region_code,
        sensor.venue_id,
        sensor.kind_code
    from staging.stg_sensor_reading as reading
    left join core.sensor as sensor on reading.sensor_id = sensor.sensor_id
)

select * from final
