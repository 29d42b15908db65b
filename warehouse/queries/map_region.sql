-- Regions for the map: names, level, place of the label and box.
with

final as (
    select
        region_code,
        region_name,
        region_name_en,
        parent_code,
        level,
        area_km2,
        center_lon,
        center_lat,
        min_lon,
        min_lat,
        max_lon,
        max_lat
    from core.region
    order by region_code
)

select * from final
