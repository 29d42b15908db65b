-- One row: one athlete x day, of the deliveries that stand.
-- key: athlete_id, date
with final as (
    select
        athlete_id,
        date,
        sleep_hours,
        sleep_quality,
        fatigue,
        soreness,
        stress,
        mood,
        rmssd_ms,
        resting_hr_bpm,
        batch_id
    from curated.wellness
)

select * from final
