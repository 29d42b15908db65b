-- Athlete: one athlete.
-- key: athlete_id
-- sensitivity: restricted
with final as (
    select
        athlete_id,
        person_key,
        sex_code,
        birth_on,
        discipline_code,
        team_code,
        region_code,
        coach_id,
        grade_code,
        registered_on,
        left_on,
        status
    from staging.stg_athlete
)

select * from final
