-- Venues of given numbers, or of one official number.
with

wanted as (
    select unnest($venue_indexes) as venue_index
),

chosen as (
    select
        venue_index,
        venue_name,
        category_code,
        region_code,
        lon,
        lat
    from core.venue
    where venue_index in (select venue_index from wanted) or venue_id = $text
),

regions as (
    select
        region_code,
        region_name,
        region_name_en
    from core.region
),

final as (
    select
        chosen.venue_index,
        chosen.venue_name,
        chosen.category_code,
        chosen.lon,
        chosen.lat,
        regions.region_name,
        regions.region_name_en
    from chosen
    left join regions on chosen.region_code = regions.region_code
    order by chosen.venue_index
)

select * from final
