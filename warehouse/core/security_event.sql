-- One event of a security subsystem.
-- key: event_id
-- sensitivity: internal
with final as (
    select
        happened.event_id,
        happened.venue_id,
        happened.subsystem_code,
        happened.kind_code,
        happened.severity,
        happened.occurred_at,
        happened.confirmed,
        happened.confirmed_at,
        happened.closed_at,
        venue.region_code
    from staging.stg_security_event as happened
    left join core.venue as venue on happened.venue_id = venue.venue_id
)

select * from final
