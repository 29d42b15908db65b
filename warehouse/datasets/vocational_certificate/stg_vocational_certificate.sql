-- One appraisal of vocational skill and its certificate, of the deliveries that stand.
-- key: certificate_id
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
        awarded_on,
        batch_id
    from curated.vocational_certificate
)

select * from final
