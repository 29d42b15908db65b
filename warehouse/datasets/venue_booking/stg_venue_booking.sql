-- One booking of a slot in a public venue, of the deliveries that stand.
-- key: booking_id
with final as (
    select
        booking_id,
        venue_id,
        region_code,
        booked_at,
        slot_start_at,
        slot_end_at,
        channel_code,
        party_size,
        paid_cny,
        state,
        batch_id
    from curated.venue_booking
)

select * from final
