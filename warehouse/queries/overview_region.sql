-- One row per region with its residents, how many live within 5, 10 and 15 minutes, its venues and their area.
with

regions as (
    select
        region_code,
        region_name,
        region_name_en,
        parent_code,
        level
    from core.region
),

coverage as (
    select
        region_code,
        category_code,
        fee_code,
        minute_count,
        distance_kind,
        resident_count,
        covered_count
    from marts.mart_coverage_region
    where age_band_code = 'all' and category_code = 'all'
),

covered as (
    select
        region_code,
        max(resident_count) as resident_count,
        max(covered_count) filter (
            where distance_kind = 'network' and fee_code = 'all' and minute_count = 5
        ) as within_5_count,
        max(covered_count) filter (
            where distance_kind = 'network' and fee_code = 'all' and minute_count = 10
        ) as within_10_count,
        max(covered_count) filter (
            where distance_kind = 'network' and fee_code = 'all' and minute_count = 15
        ) as within_15_count,
        max(covered_count) filter (
            where distance_kind = 'straight' and fee_code = 'all' and minute_count = 10
        ) as straight_10_count,
        max(covered_count) filter (
            where distance_kind = 'network' and fee_code = 'free' and minute_count = 10
        ) as free_10_count
    from coverage
    group by region_code
),

venues as (
    select
        region_code,
        sum(venue_count)::bigint as venue_count,
        sum(area_m2) as area_m2
    from marts.mart_venue_region
    group by region_code
),

final as (
    select
        regions.region_code,
        regions.region_name,
        regions.region_name_en,
        regions.parent_code,
        regions.level,
        covered.resident_count,
        covered.within_5_count,
        covered.within_10_count,
        covered.within_15_count,
        covered.straight_10_count,
        covered.free_10_count,
        coalesce(venues.venue_count, 0) as venue_count,
        venues.area_m2
    from regions
    left join covered on regions.region_code = covered.region_code
    left join venues on regions.region_code = venues.region_code
    order by regions.region_code
)

select * from final
