-- One planted fault or shock of the demo: the truth that detection is scored against.
-- key: anomaly_id
-- sensitivity: internal
-- scope: none, it belongs to the generator and only counts faults
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
        note
    from staging.stg_demo_anomaly
)

select * from final
