-- Technical grade award: one award.
-- key: award_id
-- sensitivity: open
with final as (
    select
        award_id,
        person_key,
        athlete_id,
        grade_code,
        discipline_code,
        awarded_on,
        region_code,
        evidence_event_id,
        evidence_held_on,
        evidence_level_code
    from staging.stg_grade_award
)

select * from final
