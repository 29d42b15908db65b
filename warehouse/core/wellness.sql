-- Morning wellness: one athlete x day.
-- key: athlete_id, date
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
        record.athlete_id,
        record.date,
        record.sleep_hours,
        record.sleep_quality,
        record.fatigue,
        record.soreness,
        record.stress,
        record.mood,
        record.rmssd_ms,
        record.resting_hr_bpm,
        athlete.region_code,
        athlete.team_code
    from staging.stg_wellness as record
    left join athlete on record.athlete_id = athlete.athlete_id
)

select * from final
