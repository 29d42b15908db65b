-- Training sessions of each month and those of them that were done, by city of origin and kind of session.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

-- Months as dates until there are few rows: a text a session costs more than counting it.
counted as (
    select
        region_code,
        date_trunc('month', make_timestamp(epoch_us(started_at)) + interval 8 hour) as began_on,
        session_kind,
        count(*) filter (where state = 'done') as done_count,
        count(*) as session_count
    from core.training_session
    group by all
),

final as (
    select
        city.city_code as region_code,
        strftime(counted.began_on, '%Y-%m') as period,
        counted.session_kind as part_code,
        sum(counted.done_count) as numerator,
        sum(counted.session_count) as denominator
    from counted
    inner join city on counted.region_code = city.region_code
    group by city.city_code, strftime(counted.began_on, '%Y-%m'), counted.session_kind
)

select * from final
