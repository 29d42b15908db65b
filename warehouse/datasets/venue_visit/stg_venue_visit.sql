-- Visitors of one public venue in one hour, of the deliveries that stand.
-- key: venue_id, hour_at
with final as (
    select
        venue_id,
        hour_at,
        entry_count,
        exit_count,
        present_count,
        batch_id
    from curated.venue_visit
)

select * from final
