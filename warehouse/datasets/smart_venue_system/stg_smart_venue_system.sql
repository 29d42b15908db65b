-- One subsystem of one venue, of the deliveries that stand.
-- key: venue_id, subsystem_code
with final as (
    select
        venue_id,
        subsystem_code,
        state,
        went_live_on,
        score,
        checked_on,
        subsidy_cny,
        standard_cited,
        batch_id
    from curated.smart_venue_system
)

select * from final
