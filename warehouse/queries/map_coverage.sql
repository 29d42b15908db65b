-- Residents inside the circle of one category and fee, by region, age band and minutes.
with

final as (
    select
        region_code,
        age_band_code,
        minute_count,
        resident_count,
        covered_count
    from marts.mart_coverage_region
    where
        category_code = $category_code
        and fee_code = $fee_code
        and distance_kind = $distance_kind
    order by region_code, age_band_code, minute_count
)

select * from final
