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
        region_code,
        year as period,
        0 as numerator,
        spectator_count as denominator
    from marts.mart_event_year
    where kind_code in ('elite', 'professional')
)

select * from final
