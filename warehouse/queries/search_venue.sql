-- Venues whose name begins with or holds a text, open ones first.
with

matches as (
    select
        venue_index,
        venue_name,
        category_code,
        region_code,
        lon,
        lat,
        case when starts_with(lower(venue_name), lower($text)) then 0 else 1 end as rank
    from core.venue
    where contains(lower(venue_name), lower($text)) or venue_id = $text
),

chosen as (
    select *
    from matches
    order by rank, length(venue_name), venue_index
    limit $row_limit
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
        regions.region_name_en,
        chosen.rank
    from chosen
    left join regions on chosen.region_code = regions.region_code
    order by chosen.rank, length(chosen.venue_name), chosen.venue_index
)

select * from final
