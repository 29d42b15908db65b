-- One row: one coach, of the deliveries that stand.
-- key: coach_id
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
        training_hours,
        batch_id
    from curated.coach
)

select * from final
