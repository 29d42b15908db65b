-- One exercise prescription of a person under a pseudonym.
-- key: referral_id
-- sensitivity: restricted
with final as (
    select
        referral_id,
        person_key,
        region_code,
        sex_code,
        age_band_code,
        programme_code,
        source_code,
        centre_code,
        prescriber_code,
        issued_on,
        due_on,
        completed_on,
        planned_session_count,
        done_session_count,
        outcome_code
    from staging.stg_health_referral
)

select * from final
