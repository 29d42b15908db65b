-- One fitness trail and its line, of the deliveries that stand.
-- key: trail_id
with final as (
    select
        trail_id,
        trail_name,
        region_code,
        venue_id,
        kind_code,
        surface_code,
        length_km,
        width_m,
        is_smart,
        sensor_count,
        is_lit,
        opened_year,
        rebuilt_year,
        geometry,
        batch_id
    from curated.trail
)

select * from final
