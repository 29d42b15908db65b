-- Technical grade award: one award.
-- key: award_id
-- sensitivity: open
-- The pseudonym of the person is not served: grades are public, who can be followed from one to the next is not.
with final as (
    select
        award_id,
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
