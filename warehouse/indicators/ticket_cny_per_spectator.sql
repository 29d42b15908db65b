-- Spent on tickets per spectator of elite and professional events, by city and year.
with final as (
    select
        paid.region_code,
        year_end.year as period,
        sum((paid.paid_cny * paid.sample_weight)::decimal(28, 6)) as numerator,
        0 as denominator
    from core.consumption as paid
    inner join marts.mart_month as year_end
        on strftime(make_timestamp(epoch_us(paid.paid_at)) + interval 8 hour, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and paid.category_code = 'ticket'
    group by paid.region_code, year_end.year
    union all
    select
        event.region_code,
        year_end.year as period,
        0 as numerator,
        sum(event.spectator_count) as denominator
    from core.event as event
    inner join marts.mart_month as year_end on strftime(event.start_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and event.state = 'held' and event.kind_code in ('elite', 'professional')
    group by event.region_code, year_end.year
)

select * from final
