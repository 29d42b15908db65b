-- One row: one athlete x session, of the deliveries that stand.
-- key: session_id
with final as (
    select
        session_id,
        athlete_id,
        coach_id,
        started_at,
        session_kind,
        state,
        planned_minutes,
        minutes,
        rpe,
        load_au,
        heart_rate_mean_bpm,
        batch_id
    from curated.training_session
)

select * from final
