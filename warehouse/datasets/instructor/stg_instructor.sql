-- One social sports instructor under a pseudonym, of the deliveries that stand.
-- key: instructor_id
with final as (
    select
        instructor_id,
        grade_code,
        region_code,
        discipline_code,
        registered_on,
        grade_awarded_on,
        birth_year,
        sex_code,
        state,
        ended_on,
        last_trained_on,
        batch_id
    from curated.instructor
)

select * from final
