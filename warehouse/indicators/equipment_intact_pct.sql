-- Outdoor equipment in place at the end of each month and what of it works: within its life, no ticket open; by kind.
with final as (
    select
        region_code,
        month as period,
        kind_code as part_code,
        placed_count - expired_count - broken_count as numerator,
        placed_count as denominator
    from marts.mart_equipment_month
)

select * from final
