-- One appraisal of vocational skill and its certificate.
-- key: certificate_id
-- sensitivity: restricted
with final as (
    select
        certificate_id,
        person_key,
        occupation_code,
        discipline_code,
        grade_code,
        region_code,
        appraised_on,
        theory_score,
        skill_score,
        passed,
        awarded_on
    from staging.stg_vocational_certificate
)

select * from final
