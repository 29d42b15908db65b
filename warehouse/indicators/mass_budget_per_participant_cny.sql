-- Mass sport budget per participant of mass events, by city and year.
with final as (
    select
        region_code,
        year as period,
        executed_cny as numerator,
        0 as denominator
    from marts.mart_budget_year
    where category_code = 'mass'
    union all
    select
        event.region_code,
        year_end.year as period,
        0 as numerator,
        sum(event.participant_count) as denominator
    from core.event as event
    inner join marts.mart_month as year_end on strftime(event.start_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and event.state = 'held' and event.kind_code in ('mass', 'activity')
    group by event.region_code, year_end.year
)

select * from final
