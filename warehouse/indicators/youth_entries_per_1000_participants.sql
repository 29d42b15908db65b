-- Youth league entries per 1000 mass event participants, by city and year.
with final as (
    select
        entry.region_code,
        year_end.year as period,
        count(*) as numerator,
        0 as denominator
    from core.youth_competition as entry
    inner join marts.mart_month as year_end on strftime(entry.held_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year
    group by entry.region_code, year_end.year
    union all
    select
        region_code,
        year as period,
        0 as numerator,
        participant_count as denominator
    from marts.mart_event_year
    where kind_code in ('mass', 'activity')
)

select * from final
