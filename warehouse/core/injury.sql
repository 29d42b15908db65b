-- Injury and rehabilitation: one injury.
-- key: injury_id
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
        record.injury_id,
        record.athlete_id,
        record.occurred_on,
        record.body_part_code,
        record.injury_kind_code,
        record.context_code,
        record.severity_days,
        record.rehab_stage,
        record.returned_on,
        athlete.region_code,
        athlete.team_code
    from staging.stg_injury as record
    left join athlete on record.athlete_id = athlete.athlete_id
)

select * from final
