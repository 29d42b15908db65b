-- Energy of one venue in one hour, of the deliveries that stand.
-- key: venue_id, hour_at
with final as (
    select
        venue_id,
        hour_at,
        electricity_kwh,
        water_m3,
        outdoor_temp_c,
        batch_id
    from curated.energy
)

select * from final
