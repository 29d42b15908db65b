-- One subsystem of one venue.
-- key: venue_id, subsystem_code
-- sensitivity: open
with final as (
    select
        subsystem.venue_id,
        subsystem.subsystem_code,
        subsystem.state,
        subsystem.went_live_on,
        subsystem.score,
        subsystem.checked_on,
        subsystem.subsidy_cny,
        subsystem.standard_cited,
        venue.region_code
    from staging.stg_smart_venue_system as subsystem
    left join core.venue as venue on subsystem.venue_id = venue.venue_id
)

select * from final
