-- One row: one injury, of the deliveries that stand.
-- key: injury_id
with final as (
    select
        injury_id,
        athlete_id,
        occurred_on,
        body_part_code,
        injury_kind_code,
        context_code,
        severity_days,
        rehab_stage,
        returned_on,
        batch_id
    from curated.injury
)

select * from final
