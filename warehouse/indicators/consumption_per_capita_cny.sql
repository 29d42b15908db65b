-- What residents of each city paid for sports, blown up from the sample, by category; years that the build holds whole.
with final as (
    select
        paid.region_code,
        year_end.year as period,
        paid.category_code as part_code,
        sum((paid.paid_cny * paid.sample_weight)::decimal(28, 6)) as numerator
    from core.consumption as paid
    inner join marts.mart_month as year_end
        on strftime(make_timestamp(epoch_us(paid.paid_at)) + interval 8 hour, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year
    group by paid.region_code, year_end.year, paid.category_code
)

select * from final
