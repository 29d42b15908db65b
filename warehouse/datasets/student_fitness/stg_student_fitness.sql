-- One row: one pupil x year, of the deliveries that stand.
-- key: test_id
with final as (
    select
        test_id,
        person_key,
        region_code,
        school_code,
        sex_code,
        grade_code,
        tested_on,
        height_cm,
        weight_kg,
        vital_capacity_ml,
        run_50m_s,
        sit_and_reach_cm,
        standing_jump_cm,
        rope_skipping_count,
        sit_ups_count,
        pull_ups_count,
        shuttle_run_50m_8_s,
        run_800m_s,
        run_1000m_s,
        total_score,
        result_code,
        batch_id
    from curated.student_fitness
)

select * from final
