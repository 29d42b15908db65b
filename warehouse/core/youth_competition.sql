-- Youth competition entry and result: one entry.
-- key: entry_id
-- sensitivity: restricted
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
        rank
    from staging.stg_youth_competition
)

select * from final
