-- Visits to the venues that count them, by category.
with final as (
    select
        region_code,
        month as period,
        category_code as part_code,
        sum(entry_count) as numerator
    from marts.mart_venue_month
    where entry_count is not null
    group by region_code, month, category_code
)

select * from final
