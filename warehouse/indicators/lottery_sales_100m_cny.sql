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

final as (
    select
        region_code,
        period,
        unnest(['lotto', 'guess', 'instant']) as part_code,
        unnest([lotto, guess, instant]) as numerator
    from sold
)

select * from final
