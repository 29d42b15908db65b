-- Public venues and those with a device: at the end of each month by the register, on each day by what was heard.
with
public_venue as (
    select
        venue_id,
        region_code,
        category_code
    from core.venue
    where owner_kind = 'public_institution' and coalesce(status, 'open') = 'open'
),

heard as (
    select distinct
        sensor_id,
        (make_timestamp(epoch_us(read_at)) + interval 8 hour)::date as day
    from core.sensor_reading
    where quality <> 'missing'
),

sensed as (
    select distinct
        m.month as period,
        sensor.venue_id
    from marts.mart_month as m
    inner join core.sensor as sensor
        on sensor.installed_on <= m.ended_on and (sensor.retired_on is null or sensor.retired_on > m.ended_on)
    union all
    select distinct
        strftime(kept.day, '%Y-%m-%d') as period,
        sensor.venue_id
    from (select distinct day from heard) as kept
    inner join core.sensor as sensor
        on sensor.installed_on <= kept.day and (sensor.retired_on is null or sensor.retired_on > kept.day)
    left join heard on sensor.sensor_id = heard.sensor_id and kept.day = heard.day
    where
        -- Devices that report by the clock are known by their readings, the others by when they were last seen.
        case
            when coalesce(sensor.reporting_minutes, 0) > 0 then heard.sensor_id is not null
            else (make_timestamp(epoch_us(sensor.last_seen_at)) + interval 8 hour)::date >= kept.day
        end
),

covered as (
    select
        sensed.period,
        venue.region_code,
        venue.category_code,
        count(*) as venue_count
    from sensed
    inner join public_venue as venue on sensed.venue_id = venue.venue_id
    group by sensed.period, venue.region_code, venue.category_code
),

final as (
    select
        whole.region_code,
        periods.period,
        whole.category_code as part_code,
        coalesce(covered.venue_count, 0) as numerator,
        whole.venue_count as denominator
    from (
        select
            region_code,
            category_code,
            count(*) as venue_count
        from public_venue
        group by region_code, category_code
    ) as whole
    cross join (select distinct period from sensed) as periods
    left join covered
        on
            whole.region_code = covered.region_code
            and whole.category_code = covered.category_code
            and periods.period = covered.period
)

select * from final
