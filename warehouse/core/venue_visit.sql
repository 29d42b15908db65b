-- Visitors of one public venue in one hour, with the county of the venue.
-- key: venue_id, hour_at
-- sensitivity: internal
with final as (
    select
        visits.venue_id,
        visits.hour_at,
        venues.region_code,
        visits.entry_count,
        visits.exit_count,
        visits.present_count,
        venues.capacity_count
    from staging.stg_venue_visit as visits
    left join core.venue as venues on visits.venue_id = venues.venue_id
)

select * from final
