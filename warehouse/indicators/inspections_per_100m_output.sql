-- Market inspections per 100 million yuan of output, by city and year.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

whole_year as (
    -- A year of which only the last months are known is no year.
    select
        year as period,
        max(month) as newest_month,
        max(ended_on) as ended_on
    from marts.mart_month
    group by year
    having right(min(month), 2) = '01'
),

above_line as (
    select
        inspection.region_code,
        whole_year.period,
        1::decimal(28, 6) as amount
    from core.market_inspection as inspection
    inner join whole_year on strftime(inspection.inspected_on, '%Y') = whole_year.period
    where whole_year.period in (select year::varchar from core.industry_account)
),

below_line as (
    select
        account.region_code,
        whole_year.period,
        account.output_cny::decimal(28, 6) as amount
    from core.industry_account as account
    inner join whole_year on account.year::varchar = whole_year.period
    where length(account.industry_code) = 2
),

counted as (
    select region_code, period, amount as numerator, 0 as denominator from above_line
    union all
    select region_code, period, 0 as numerator, amount as denominator from below_line
),

final as (
    select
        coalesce(city.city_code, counted.region_code) as region_code,
        counted.period,
        sum(counted.numerator) as numerator,
        sum(counted.denominator) as denominator
    from counted
    left join city on counted.region_code = city.region_code
    group by coalesce(city.city_code, counted.region_code), counted.period
)

select * from final
