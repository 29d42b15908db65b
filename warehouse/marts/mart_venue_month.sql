-- Visits and electricity of each venue in each month: the two hourly datasets read once for all that adds them up.
-- key: venue_id, month
-- sensitivity: internal
with
visited as (
    select
        venue_id,
        strftime(make_timestamp(epoch_us(hour_at)) + interval 8 hour, '%Y-%m') as month,
        sum(entry_count)::bigint as entry_count
    from core.venue_visit
    group by 1, 2
),

used as (
    select
        venue_id,
        strftime(make_timestamp(epoch_us(hour_at)) + interval 8 hour, '%Y-%m') as month,
        sum(electricity_kwh::decimal(28, 6))::double as electricity_kwh
    from core.energy
    group by 1, 2
),

united as (
    select
        coalesce(visited.venue_id, used.venue_id) as venue_id,
        coalesce(visited.month, used.month) as month,
        visited.entry_count,
        used.electricity_kwh
    from visited
    full join used on visited.venue_id = used.venue_id and visited.month = used.month
),

final as (
    select
        united.venue_id,
        united.month,
        venue.region_code,
        venue.category_code,
        united.entry_count,
        united.electricity_kwh
    from united
    inner join core.venue as venue on united.venue_id = venue.venue_id
)

select * from final
