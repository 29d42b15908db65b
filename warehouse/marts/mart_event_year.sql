-- Participants and spectators of the events held in each whole year, by the city they were held in and kind.
-- key: region_code, year, kind_code
-- sensitivity: open
with final as (
    select
        event.region_code,
        year_end.year,
        event.kind_code,
        sum(event.participant_count)::bigint as participant_count,
        sum(event.spectator_count)::bigint as spectator_count
    from core.event as event
    inner join marts.mart_month as year_end on strftime(event.start_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and event.state = 'held'
    group by event.region_code, year_end.year, event.kind_code
)

select * from final
