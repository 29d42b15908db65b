-- Energy of one venue in one hour.
-- key: venue_id, hour_at
-- sensitivity: internal
with final as (
    select
        used.venue_id,
        used.hour_at,
        used.electricity_kwh,
        used.water_m3,
        used.outdoor_temp_c,
        venue.region_code
    from staging.stg_energy as used
    left join core.venue as venue on used.venue_id = venue.venue_id
)

select * from final
