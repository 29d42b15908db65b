-- Amateur youth training: one pupil x month.
-- key: person_key, month
-- sensitivity: restricted
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
        is_registered
    from staging.stg_youth_training
)

select * from final
