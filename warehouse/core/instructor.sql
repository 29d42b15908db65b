-- One social sports instructor under a pseudonym.
-- key: instructor_id
-- sensitivity: restricted
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
        last_trained_on
    from staging.stg_instructor
)

select * from final
