-- Electricity and visits of the venues that have both in a month, by category.
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
        coalesce(city.city_code, used.region_code) as region_code,
        used.month as period,
        used.category_code as part_code,
        sum(used.electricity_kwh::decimal(28, 6)) as numerator,
        sum(used.entry_count) as denominator
    from marts.mart_venue_month as used
    left join city on used.region_code = city.region_code
    where used.electricity_kwh is not null and used.entry_count > 0
    group by coalesce(city.city_code, used.region_code), used.month, used.category_code
)

select * from final
