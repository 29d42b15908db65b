-- One row: one award, of the deliveries that stand.
-- key: award_id
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
        evidence_level_code,
        batch_id
    from curated.grade_award
)

select * from final
