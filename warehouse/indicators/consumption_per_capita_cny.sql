-- What residents of each city paid for sports, blown up from the sample, by category; years that the build holds whole.
with
whole_year as (
    select year
    from marts.mart_month
    group by year
    having min(month) = year || '-01'
),

paid as (
    select
        region_code,
        strftime(make_timestamp(epoch_us(paid_at)) + interval 8 hour, '%Y') as period,
        category_code as part_code,
        sum((paid_cny * sample_weight)::decimal(28, 6)) as numerator
    from core.consumption
    group by all
),

final as (
    select
        above.above_code as region_code,
        p.period,
        p.part_code,
        sum(p.numerator) as numerator
    from paid as p
    inner join whole_year as y on p.period = y.year
    inner join core.region_above as above on p.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, p.period, p.part_code
)

select * from final
