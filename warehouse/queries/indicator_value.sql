-- Figures of some indicators in some regions (all where none are named), a period a row.
with

final as (
    select
        indicator_code,
        region_code,
        period,
        numerator,
        denominator,
        value,
        quality,
        delivered
    from marts.mart_indicator
    where
        list_contains($codes, indicator_code)
        and ($regions is null or list_contains($regions, region_code))
    order by indicator_code, region_code, period
)

select * from final
