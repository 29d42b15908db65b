-- Coach: one coach.
-- key: coach_id
-- sensitivity: restricted
with final as (
    select
        coach_id,
        person_key,
        sex_code,
        grade_code,
        discipline_code,
        team_code,
        region_code,
        hired_on,
        left_on,
        training_hours
    from staging.stg_coach
)

select * from final
