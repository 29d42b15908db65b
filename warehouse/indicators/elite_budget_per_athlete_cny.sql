-- Elite sport budget per registered athlete, by city and year.
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
        budget.region_code,
        whole_year.period,
        budget.executed_ytd_cny::decimal(28, 6) as amount
    from core.budget as budget
    inner join whole_year on budget.month = whole_year.newest_month
    where budget.category_code = 'elite'
),

below_line as (
    select
        athlete.region_code,
        whole_year.period,
        1::decimal(28, 6) as amount
    from core.athlete as athlete
    inner join whole_year
        on
            athlete.registered_on <= whole_year.ended_on
            and (athlete.left_on is null or athlete.left_on > whole_year.ended_on)
    where athlete.status <> 'trial'
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
