-- Information systems in use and not exempt at the end of each month and those in the cloud, by theme.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
),

final as (
    select
        coalesce(city.city_code, system.region_code) as region_code,
        m.month as period,
        system.theme as part_code,
        count(*) filter (where system.moved_to_cloud_on <= m.ended_on) as numerator,
        count(*) as denominator
    from marts.mart_month as m
    inner join core.system_register as system on system.went_live_on <= m.ended_on and not system.is_exempt
    left join city on system.region_code = city.region_code
    group by coalesce(city.city_code, system.region_code), m.month, system.theme
)

select * from final
