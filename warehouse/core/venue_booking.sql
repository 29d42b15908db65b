-- One booking of a slot in a public venue.
-- key: booking_id
-- sensitivity: internal
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
        state
    from staging.stg_venue_booking
)

select * from final
