-- State of the subsystems of one venue.
with final as (
    select
        subsystem_code,
        state,
        went_live_on,
        score,
        checked_on,
        standard_cited
    from core.smart_venue_system
    where venue_id = $venue_id
    order by subsystem_code
)

select * from final
