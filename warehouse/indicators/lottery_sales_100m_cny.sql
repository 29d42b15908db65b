-- Lottery sales by city, month and kind of product.
with
sold as (
    select
        region_code,
        month as period,
        sum(lotto_cny::decimal(28, 6)) as lotto,
        sum(guess_cny::decimal(28, 6)) as guess,
        sum(instant_cny::decimal(28, 6)) as instant
    from core.lottery_sales
    group by region_code, month
),

kind as (
    select
        region_code,
        period,
        unnest(['lotto', 'guess', 'instant']) as part_code,
        unnest([lotto, guess, instant]) as sales_cny
    from sold
),

final as (
    select
        above.above_code as region_code,
        k.period,
        k.part_code,
        sum(k.sales_cny) as numerator
    from kind as k
    inner join core.region_above as above on k.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, k.period, k.part_code
)

select * from final
