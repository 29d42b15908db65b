-- Market inspections per 100 million yuan of output, by city and year.
with final as (
    select
        inspection.region_code,
        year_end.year as period,
        count(*) as numerator,
        0 as denominator
    from core.market_inspection as inspection
    inner join marts.mart_month as year_end on strftime(inspection.inspected_on, '%Y') = year_end.year
    where
        year_end.is_year_end
        and year_end.is_in_whole_year
        and year_end.year in (select year::varchar from marts.mart_industry_year)
    group by inspection.region_code, year_end.year
    union all
    select
        account.region_code,
        year_end.year as period,
        0 as numerator,
        sum(account.output_cny::decimal(28, 6)) as denominator
    from marts.mart_industry_year as account
    inner join marts.mart_month as year_end on account.year::varchar = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year
    group by account.region_code, year_end.year
)

select * from final
