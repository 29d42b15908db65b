-- Days within which nine of ten cases were closed, by month of closing, for every level.
with
closed as (
    select
        above.above_code as region_code,
        strftime(i.closed_on, '%Y-%m') as period,
        i.closed_on - i.inspected_on as days
    from core.market_inspection as i
    inner join core.region_above as above on i.region_code = above.region_code
    where i.closed_on is not null and i.violation_count > 0
),

final as (
    select
        region_code,
        period,
        quantile_cont(days, 0.9) as value,
        count(*) as numerator,
        count(*) as denominator
    from closed
    group by region_code, period
)

select * from final
