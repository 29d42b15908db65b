-- Seconds since the newest accepted delivery of each city at the end of each day, and the same over the days of a month.
with
package as (
    select
        left(from_node, 4) || '00' as region_code,
        make_timestamp(epoch_us(received_at)) + interval 8 hour as received_at
    from core.exchange_log
    where signature_ok and accepted_count > 0 and received_at is not null
),

newest as (
    -- Days that have been: up to the newest that a package came or a device was seen on.
    select greatest(
        (select max(received_at)::date from package),
        (select max(make_timestamp(epoch_us(last_seen_at)) + interval 8 hour)::date from core.sensor)
    ) as day
),

day_end as (
    select
        nodes.region_code,
        days.day::date as day,
        days.day::timestamp + interval 1 day as ended_at
    from (select distinct region_code from package) as nodes
    cross join marts.mart_month as m
    cross join unnest(generate_series(m.began_on, m.ended_on, interval 1 day)) as days (day)
    where days.day::date <= (select day from newest)
),

waited as (
    select
        day_end.region_code,
        day_end.day,
        (epoch_us(day_end.ended_at) - epoch_us(package.received_at)) / 1000000.0 as seconds
    from day_end
    asof inner join package on day_end.region_code = package.region_code and day_end.ended_at > package.received_at
),

final as (
    select
        region_code,
        strftime(day, '%Y-%m') as period,
        sum(seconds::decimal(28, 6)) as numerator,
        count(*) as denominator
    from waited
    group by region_code, strftime(day, '%Y-%m')
    union all
    select
        region_code,
        strftime(day, '%Y-%m-%d') as period,
        seconds::decimal(28, 6) as numerator,
        1 as denominator
    from waited
    -- The newest hundred days by day; older ones tell by their months.
    where day > (select day from newest) - 100
)

select * from final
