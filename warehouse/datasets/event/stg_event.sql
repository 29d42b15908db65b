-- One sports event or activity, of the deliveries that stand.
-- key: event_id
with final as (
    select
        event_id,
        event_name,
        level_code,
        kind_code,
        discipline_code,
        region_code,
        venue_id,
        lon,
        lat,
        start_on,
        end_on,
        state,
        participant_count,
        spectator_count,
        is_streamed,
        online_view_count,
        organiser_kind,
        club_id,
        series_code,
        edition_number,
        budget_cny,
        batch_id
    from curated.event
)

select * from final
