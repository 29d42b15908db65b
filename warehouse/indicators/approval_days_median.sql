-- Median days from receipt to decision, for cities and the province.
with
decided as (
    select
        above.above_code as region_code,
        strftime(make_timestamp(epoch_us(a.decided_at)) + interval 8 hour, '%Y-%m') as period,
        (epoch_us(a.decided_at) - epoch_us(a.received_at)) / 86400000000.0 as days
    from core.approval as a
    inner join core.region_above as above on a.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level in ('city', 'province')
    where a.decided_at is not null
),

final as (
    select
        region_code,
        period,
        median(days) as value,
        count(*) as numerator,
        count(*) as denominator
    from decided
    group by region_code, period
)

select * from final
