-- One evacuation drill, of the deliveries that stand.
-- key: drill_id
with final as (
    select
        drill_id,
        venue_id,
        held_at,
        scenario_code,
        person_count,
        planned_minutes,
        measured_minutes,
        finding,
        batch_id
    from curated.drill
)

select * from final
