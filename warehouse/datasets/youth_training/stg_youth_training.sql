-- One row: one pupil x month, of the deliveries that stand.
-- key: person_key, month
with final as (
    select
        person_key,
        month,
        school_code,
        region_code,
        discipline_code,
        sex_code,
        age,
        place_kind,
        planned_sessions,
        done_sessions,
        is_registered,
        batch_id
    from curated.youth_training
)

select * from final
