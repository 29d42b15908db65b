-- What was paid in purchases with a voucher, and the subsidy in them, blown up from the sample, by category.
with
used as (
    select
        region_code,
        strftime(make_timestamp(epoch_us(paid_at)) + interval 8 hour, '%Y-%m') as period,
        category_code as part_code,
        sum((paid_cny * sample_weight)::decimal(28, 6)) as numerator,
        sum((subsidy_cny * sample_weight)::decimal(28, 6)) as denominator
    from core.consumption
    where subsidy_cny > 0
    group by all
),

final as (
    select
        above.above_code as region_code,
        u.period,
        u.part_code,
        sum(u.numerator) as numerator,
        sum(u.denominator) as denominator
    from used as u
    inner join core.region_above as above on u.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, u.period, u.part_code
)

select * from final
