-- One exercise prescription of a person under a pseudonym, of the deliveries that stand.
-- key: referral_id
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
        outcome_code,
        batch_id
    from curated.health_referral
)

select * from final
