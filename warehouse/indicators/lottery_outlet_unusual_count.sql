-- Outlets whose sales of a month are far from their own past, once what the county's outlets have in common is removed.
with
placed as (
    select
        outlet_id,
        region_code,
        month,
        product_code,
        left(month, 4)::integer * 12 + right(month, 2)::integer as month_number,
        ln(greatest(sales_cny, 1)) as log_sales
    from core.lottery_sales
),

common as (
    -- Seasons, tournaments, closures and what befalls a county move all its outlets together.
    select
        region_code,
        month,
        median(log_sales) as middle
    from placed
    group by region_code, month
),

own as (
    select
        p.outlet_id,
        p.region_code,
        p.month,
        p.month_number,
        p.product_code,
        p.log_sales - c.middle as level
    from placed as p
    inner join common as c on p.region_code = c.region_code and p.month = c.month
),

judged as (
    select
        *,
        median(level) over past as middle
    from own
    window past as (partition by outlet_id order by month_number range between 24 preceding and 1 preceding)
    qualify count(*) over past >= 12
),

far as (
    -- What lies nearer than 3.5 times the least spread is never unusual: the spread is needed of the others only.
    select
        j.outlet_id,
        j.month,
        abs(any_value(j.level) - any_value(j.middle)) / greatest(1.4826 * median(abs(past.level - j.middle)), 0.05)
            as score
    from judged as j
    inner join own as past
        on j.outlet_id = past.outlet_id and past.month_number between j.month_number - 24 and j.month_number - 1
    where abs(j.level - j.middle) > 3.5 * 0.05
    group by j.outlet_id, j.month
),

final as (
    select
        j.region_code,
        j.month as period,
        j.product_code as part_code,
        count(*) filter (where far.score > 3.5) as numerator
    from judged as j
    left join far on j.outlet_id = far.outlet_id and j.month = far.month
    group by j.region_code, j.month, j.product_code
)

select * from final
