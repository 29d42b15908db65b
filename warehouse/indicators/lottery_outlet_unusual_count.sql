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
        p.region_code,
        p.month,
        p.product_code,
        p.log_sales - c.middle as level,
        list(p.log_sales - c.middle) over (
            partition by p.outlet_id
            order by p.month_number
            range between 24 preceding and 1 preceding
        ) as past
    from placed as p
    inner join common as c on p.region_code = c.region_code and p.month = c.month
),

centred as (
    select
        region_code,
        month,
        product_code,
        level,
        past,
        list_median(past) as middle
    from own
    where len(past) >= 12
),

scored as (
    select
        region_code,
        month,
        product_code,
        abs(level - middle) / greatest(1.4826 * list_median(list_transform(past, lambda x: abs(x - middle))), 0.05)
            as score
    from centred
),

final as (
    select
        above.above_code as region_code,
        s.month as period,
        s.product_code as part_code,
        count(*) filter (where s.score > 3.5) as numerator
    from scored as s
    inner join core.region_above as above on s.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, s.month, s.product_code
)

select * from final
