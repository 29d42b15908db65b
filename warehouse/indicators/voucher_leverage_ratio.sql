-- What was paid in purchases with a voucher, and the subsidy in them, blown up from the sample, by category.
with final as (
    select
        region_code,
        strftime(make_timestamp(epoch_us(paid_at)) + interval 8 hour, '%Y-%m') as period,
        category_code as part_code,
        sum((paid_cny * sample_weight)::decimal(28, 6)) as numerator,
        sum((subsidy_cny * sample_weight)::decimal(28, 6)) as denominator
    from core.consumption
    where subsidy_cny > 0
    group by region_code, period, part_code
)

select * from final
