-- Numeric targets of the plans, measured by month (yearly figures stand at December), for the whole area.
-- key: measure_code, month
-- sensitivity: open
-- scope: none, each row is one figure of the whole area
-- lowers: counts and sums over the whole area tell of no person, unit or device
with
system_register as (
    select * from core.system_register
),

sensor as (
    select * from core.sensor
),

venue as (
    select * from core.venue
),

instructor as (
    select * from core.instructor
),

smart_venue_score as (
    select * from marts.mart_smart_venue_score
),

industry_year as (
    select * from marts.mart_industry_year
),

resident as (
    select sum(resident_count)::double as resident_count from core.population
),

newest_day as (
    select greatest(
        (select max(greatest(installed_on, coalesce(retired_on, installed_on))) from sensor),
        (select max(greatest(went_live_on, coalesce(moved_to_cloud_on, went_live_on))) from system_register),
        (select max(registered_on) from instructor)
    ) as newest_on
),

month_end as (
    select
        last_day((date_trunc('month', newest_on) - to_months(n.back))::date) as ended_on,
        strftime((date_trunc('month', newest_on) - to_months(n.back))::date, '%Y-%m') as month
    from newest_day
    cross join range(0, 60) as n (back)
    where newest_on is not null
),

cloud as (
    select
        'cloud_rate_pct' as measure_code,
        m.month,
        count(*) filter (where s.moved_to_cloud_on <= m.ended_on)::double as numerator,
        count(*)::double as denominator,
        100.0 as factor
    from month_end as m
    inner join system_register as s on s.went_live_on <= m.ended_on and not s.is_exempt
    group by m.month
),

public_venue as (
    select venue_id
    from venue
    where owner_kind = 'public_institution' and coalesce(status, 'open') = 'open'
),

sensed as (
    select
        'sensor_coverage_pct' as measure_code,
        m.month,
        count(distinct s.venue_id)::double as numerator,
        (select count(*) from public_venue)::double as denominator,
        100.0 as factor
    from month_end as m
    inner join sensor as s
        on s.installed_on <= m.ended_on and (s.retired_on is null or s.retired_on > m.ended_on)
    inner join public_venue as p on p.venue_id = s.venue_id
    group by m.month
),

smart as (
    select
        'smart_venue_count' as measure_code,
        -- A quarter that goes on stands at the newest month.
        strftime(
            if(date_trunc('quarter', newest_on) = date_trunc('quarter', quarter_end), newest_on, quarter_end), '%Y-%m'
        ) as month,
        count(*) filter (where is_passing)::double as numerator,
        1.0 as denominator,
        1.0 as factor
    from smart_venue_score
    cross join newest_day
    group by quarter_end, newest_on
),

instructors as (
    select
        'instructor_per_1000' as measure_code,
        m.month,
        count(i.instructor_id)::double as numerator,
        (select resident_count from resident) as denominator,
        1000.0 as factor
    from month_end as m
    inner join instructor as i
        on i.registered_on <= m.ended_on and (i.ended_on is null or i.ended_on > m.ended_on)
    group by m.month
),

year_end as (
    select distinct cast(left(month, 4) as integer) as year
    from month_end
    where right(month, 2) = '12'
),

area as (
    select
        'venue_area_per_capita' as measure_code,
        y.year || '-12' as month,
        sum(v.area_m2::decimal(18, 2))::double as numerator,
        (select resident_count from resident) as denominator,
        1.0 as factor
    from year_end as y
    -- A venue whose year is not known is told with those that were always there.
    inner join venue as v on coalesce(v.opened_year, 0) <= y.year and coalesce(v.status, 'open') = 'open'
    group by y.year
),

output as (
    select
        'industry_output_100m_cny' as measure_code,
        year || '-12' as month,
        sum(output_cny::decimal(24, 2))::double as numerator,
        1e8 as denominator,
        1.0 as factor
    from industry_year
    -- The target is one of the whole province: a part of its cities cannot be compared with it.
    where (select count(*) from core.region where level = 'city') >= 13
    group by year
),

united as (
    select * from cloud
    union all
    select * from sensed
    union all
    select * from smart
    union all
    select * from instructors
    union all
    select * from area
    union all
    select * from output
),

final as (
    select
        measure_code,
        month,
        numerator,
        denominator,
        round(numerator / denominator * factor, 6) as value
    from united
    where denominator > 0
)

select * from final
