-- One evacuation drill.
-- key: drill_id
-- sensitivity: internal
with final as (
    select
        held.drill_id,
        held.venue_id,
        held.held_at,
        held.scenario_code,
        held.person_count,
        held.planned_minutes,
        held.measured_minutes,
        held.finding,
        venue.region_code
    from staging.stg_drill as held
    left join core.venue as venue on held.venue_id = venue.venue_id
)

select * from final
