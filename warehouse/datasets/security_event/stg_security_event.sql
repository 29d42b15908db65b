-- One event of a security subsystem, of the deliveries that stand.
-- key: event_id
with final as (
    select
        event_id,
        venue_id,
        subsystem_code,
        kind_code,
        severity,
        occurred_at,
        confirmed,
        confirmed_at,
        closed_at,
        batch_id
    from curated.security_event
)

select * from final
