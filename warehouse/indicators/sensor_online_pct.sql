-- Devices that report by the clock and those heard from: in each hour whose readings are kept, and over such hours.
with
device as (
    select
        sensor.sensor_id,
        sensor.region_code,
        sensor.kind_code,
        sensor.installed_on,
        coalesce(sensor.retired_on, date '9999-12-31') as retired_on
    from core.sensor as sensor
    -- Devices that report by the clock; whether a camera or a gate was reached in an hour is not kept.
    where sensor.reporting_minutes > 0
),

heard as (
    select distinct
        sensor_id,
        date_trunc('hour', make_timestamp(epoch_us(read_at)) + interval 8 hour) as hour
    from core.sensor_reading
    where quality <> 'missing'
),

heard_count as (
    select
        heard.hour,
        device.region_code,
        device.kind_code,
        count(*) as device_count
    from heard
    inner join device
        on
            heard.sensor_id = device.sensor_id
            and device.installed_on <= heard.hour::date
            and device.retired_on > heard.hour::date
    group by heard.hour, device.region_code, device.kind_code
),

in_service as (
    -- Who is in service changes by the day: counted by day, not by hour.
    select
        days.day,
        device.region_code,
        device.kind_code,
        count(*) as device_count
    from (select distinct hour::date as day from heard) as days
    inner join device on device.installed_on <= days.day and device.retired_on > days.day
    group by days.day, device.region_code, device.kind_code
),

by_hour as (
    select
        in_service.region_code,
        hours.hour,
        in_service.kind_code,
        coalesce(heard_count.device_count, 0) as heard_count,
        in_service.device_count
    from (select distinct hour from heard) as hours
    inner join in_service on hours.hour::date = in_service.day
    left join heard_count
        on
            hours.hour = heard_count.hour
            and in_service.region_code = heard_count.region_code
            and in_service.kind_code = heard_count.kind_code
),

final as (
    select
        region_code,
        strftime(hour, '%Y-%m-%dT%H') as period,
        kind_code as part_code,
        heard_count as numerator,
        device_count as denominator
    from by_hour
    union all
    select
        region_code,
        strftime(hour, '%Y-%m') as period,
        kind_code as part_code,
        sum(heard_count) as numerator,
        sum(device_count) as denominator
    from by_hour
    group by region_code, strftime(hour, '%Y-%m'), kind_code
)

select * from final
