-- Vouchers paid per venue visit, by city and year.
with final as (
    select
        paid.region_code,
        year_end.year as period,
        sum((paid.subsidy_cny * paid.sample_weight)::decimal(28, 6)) as numerator,
        0 as denominator
    from core.consumption as paid
    inner join marts.mart_month as year_end
        on strftime(make_timestamp(epoch_us(paid.paid_at)) + interval 8 hour, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and paid.subsidy_cny > 0
    group by paid.region_code, year_end.year
    union all
    select
        used.region_code,
        year_end.year as period,
        0 as numerator,
        sum(used.entry_count) as denominator
    from marts.mart_venue_month as used
    inner join marts.mart_month as year_end on left(used.month, 4) = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and used.entry_count is not null
    group by used.region_code, year_end.year
)

select * from final
