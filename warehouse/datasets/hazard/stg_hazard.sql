-- One hazard at a venue, of the deliveries that stand.
-- key: hazard_id
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
        measure,
        batch_id
    from curated.hazard
)

select * from final
