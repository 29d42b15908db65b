-- Variety of the disciplines of the events held in each year, for cities and the province: Shannon's entropy in nats.
with
discipline as (
    select
        above.above_code as region_code,
        strftime(event.start_on, '%Y') as period,
        count(*) as event_count,
        sum(count(*)) over (partition by above.above_code, strftime(event.start_on, '%Y')) as whole
    from core.event as event
    inner join core.region_above as above on event.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code
    where
        event.state = 'held'
        and event.discipline_code is not null
        and region.level in ('city', 'province')
        and strftime(event.start_on, '%Y') in (select year from marts.mart_month where is_in_whole_year)
    group by above.above_code, strftime(event.start_on, '%Y'), event.discipline_code
),

final as (
    select
        region_code,
        period,
        count(*) as numerator,
        sum(event_count) as denominator,
        -- Added as decimals: the same whatever the order.
        sum((-event_count / whole * ln(event_count / whole))::decimal(28, 12))::double as value
    from discipline
    group by region_code, period
)

select * from final
