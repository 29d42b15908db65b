-- Indicators that can be told for one venue: electricity per visit by month.
-- key: indicator_code, venue_id, period
-- sensitivity: internal
with final as (
    select
        'energy_kwh_per_visit' as indicator_code,
        venue_id,
        region_code,
        month as period,
        electricity_kwh as numerator,
        entry_count::double as denominator,
        round(electricity_kwh / entry_count, 9) as value,
        case
            when month > (select month from marts.mart_month where is_newest) then 'provisional'
            when entry_count < 100 then 'few'
            else 'ok'
        end as quality
    from marts.mart_venue_month
    where electricity_kwh is not null and entry_count > 0
)

select * from final
