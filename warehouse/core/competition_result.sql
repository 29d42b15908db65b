-- Competition result: one athlete x event.
-- key: result_id
-- sensitivity: open
-- lowers: of athletes only county and team are shown
with athlete as (
    select
        athlete_id,
        region_code,
        team_code
    from staging.stg_athlete
),

-- The county of origin decides whose account sees the row.
final as (
    select
        record.result_id,
        record.athlete_id,
        record.event_id,
        record.event_name,
        record.discipline_code,
        record.level_code,
        record.held_on,
        record.field_size,
        record.rank,
        record.mark,
        record.mark_unit,
        record.medal,
        record.is_team_event,
        athlete.region_code,
        athlete.team_code
    from staging.stg_competition_result as record
    left join athlete on record.athlete_id = athlete.athlete_id
)

select * from final
