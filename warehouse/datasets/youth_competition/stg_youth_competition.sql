-- One row: one entry, of the deliveries that stand.
-- key: entry_id
with final as (
    select
        entry_id,
        event_id,
        person_key,
        region_code,
        school_code,
        discipline_code,
        sex_code,
        age_group_code,
        age,
        level_code,
        held_on,
        field_size,
        rank,
        batch_id
    from curated.youth_competition
)

select * from final
