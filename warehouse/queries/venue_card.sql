-- Everything delivered about one venue.
with

venues as (
    select *
    from core.venue
    where venue_index = $venue_index
),

regions as (
    select
        region_code,
        region_name,
        region_name_en
    from core.region
),

types as (
    select
        code,
        code_name_zh,
        code_name_en
    from core.code_list
    where list_name = 'venue_type'
),

final as (
    select
        venues.venue_index,
        venues.venue_id,
        venues.venue_name,
        venues.venue_type_code,
        types.code_name_zh as venue_type_name,
        types.code_name_en as venue_type_name_en,
        venues.category_code,
        venues.region_code,
        regions.region_name,
        regions.region_name_en,
        venues.lon,
        venues.lat,
        venues.entrances,
        venues.area_m2,
        venues.capacity_count,
        venues.opened_year,
        venues.owner_kind,
        venues.is_indoor,
        venues.is_lit,
        venues.fee_policy,
        venues.opening_hours,
        venues.status
    from venues
    left join types on venues.venue_type_code = types.code
    left join regions on venues.region_code = regions.region_code
)

select * from final
