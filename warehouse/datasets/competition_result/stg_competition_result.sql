-- One row: one athlete x event, of the deliveries that stand.
-- key: result_id
with final as (
    select
        result_id,
        athlete_id,
        event_id,
        event_name,
        discipline_code,
        level_code,
        held_on,
        field_size,
        rank,
        mark,
        mark_unit,
        medal,
        is_team_event,
        batch_id
    from curated.competition_result
)

select * from final
