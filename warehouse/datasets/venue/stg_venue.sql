-- Sports venue or site: one venue of the deliveries that stand.
-- key: venue_id
with final as (
    select
        venue_id,
        venue_name,
        venue_type_code,
        region_code,
        lon,
        lat,
        entrances,
        area_m2,
        capacity_count,
        opened_year,
        owner_kind,
        is_indoor,
        is_lit,
        fee_policy,
        opening_hours,
        status,
        batch_id
    from curated.venue
)

select * from final
