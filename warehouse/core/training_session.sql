-- Training session load: one athlete x session.
-- key: session_id
-- sensitivity: restricted
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
        record.session_id,
        record.athlete_id,
        record.coach_id,
        record.started_at,
        record.session_kind,
        record.state,
        record.planned_minutes,
        record.minutes,
        record.rpe,
        record.load_au,
        record.heart_rate_mean_bpm,
        athlete.region_code,
        athlete.team_code
    from staging.stg_training_session as record
    left join athlete on record.athlete_id = athlete.athlete_id
)

select * from final
