-- One hazard at a venue.
-- key: hazard_id
-- sensitivity: internal
with final as (
    select
        hazard_id,
        venue_id,
        region_code,
        kind_code,
        source_code,
        found_on,
        level,
        due_on,
        closed_on,
        measure
    from staging.stg_hazard
)

select * from final
