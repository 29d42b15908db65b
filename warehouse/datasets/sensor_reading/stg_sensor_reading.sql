-- One reading of a device, of the deliveries that stand.
-- key: sensor_id, read_at
with final as (
    select
        sensor_id,
        read_at,
        value,
        unit,
        quality,
        batch_id
    from curated.sensor_reading
)

select * from final
