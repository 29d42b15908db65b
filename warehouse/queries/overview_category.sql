-- Open venues and their area, one row per region and category.
with

types as (
    select distinct
        venue_type_code,
        category_code
    from core.venue
),

counted as (
    select
        region_code,
        venue_type_code,
        venue_count,
        area_m2
    from marts.mart_venue_region
),

final as (
    select
        counted.region_code,
        types.category_code,
        sum(counted.venue_count)::bigint as venue_count,
        sum(counted.area_m2) as area_m2
    from counted
    inner join types on counted.venue_type_code = types.venue_type_code
    group by counted.region_code, types.category_code
    order by counted.region_code, types.category_code
)

select * from final
