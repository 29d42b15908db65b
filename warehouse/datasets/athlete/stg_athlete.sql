-- One row: one athlete, of the deliveries that stand.
-- key: athlete_id
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
        status,
        batch_id
    from curated.athlete
)

select * from final
