-- Athlete fitness or skill test: one athlete x test item x day.
-- key: athlete_id, item_code, tested_on
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
        record.item_code,
        record.tested_on,
        record.value,
        record.unit,
        record.typical_error,
        athlete.region_code,
        athlete.team_code
    from staging.stg_athlete_test as record
    left join athlete on record.athlete_id = athlete.athlete_id
)

select * from final
