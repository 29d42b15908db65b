-- Electricity and visits of the venues that have both in a month, by category.
with final as (
    select
        used.region_code,
        used.month as period,
        used.category_code as part_code,
        sum(used.electricity_kwh::decimal(28, 6)) as numerator,
        sum(used.entry_count) as denominator
    from marts.mart_venue_month as used
    where used.electricity_kwh is not null and used.entry_count > 0
    group by used.region_code, used.month, used.category_code
)

select * from final
