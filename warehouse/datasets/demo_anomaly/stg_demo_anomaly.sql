-- One fault or shock that the demo planted, of the deliveries that stand.
-- key: anomaly_id
with final as (
    select
        anomaly_id,
        dataset,
        kind_code,
        region_code,
        entity,
        started_on,
        ended_on,
        factor,
        note,
        batch_id
    from curated.demo_anomaly
)

select * from final
