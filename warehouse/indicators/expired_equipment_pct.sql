-- Outdoor equipment in place at the end of each quarter and what of it is past its service life, by kind.
with final as (
    select
        stock.region_code,
        quarter_end.quarter as period,
        stock.kind_code as part_code,
        stock.expired_count as numerator,
        stock.placed_count as denominator
    from marts.mart_equipment_month as stock
    inner join marts.mart_month as quarter_end on stock.month = quarter_end.month
    where quarter_end.is_quarter_end
)

select * from final
