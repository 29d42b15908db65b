-- Hours from report to repair that nine tenths of the repairs of a month kept, for every level.
with
repaired as (
    select
        above.above_code as region_code,
        strftime(make_timestamp(epoch_us(ticket.repaired_at)) + interval 8 hour, '%Y-%m') as period,
        (epoch_us(ticket.repaired_at) - epoch_us(ticket.reported_at)) / 3600000000.0 as hours
    from core.repair_order as ticket
    inner join core.region_above as above on ticket.region_code = above.region_code
    where ticket.repaired_at is not null and ticket.state <> 'rejected'
),

final as (
    select
        region_code,
        period,
        quantile_cont(hours, 0.9) as value,
        count(*) as numerator,
        count(*) as denominator
    from repaired
    group by region_code, period
)

select * from final
