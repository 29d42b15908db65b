-- One physique test of a person under a pseudonym, with the standard that it was graded by.
-- key: test_id
-- sensitivity: restricted
with final as (
    select
        test_id,
        person_key,
        region_code,
        sex_code,
        age_year,
        age_group_code,
        tested_on,
        station_code,
        standard_version,
        height_cm,
        weight_kg,
        body_fat_pct,
        vital_capacity_ml,
        grip_kg,
        sit_and_reach_cm,
        one_leg_stand_s,
        reaction_s,
        vertical_jump_cm,
        push_up_count,
        sit_up_count,
        step_index,
        grade_code,
        exercises_regularly
    from staging.stg_fitness_test
)

select * from final
