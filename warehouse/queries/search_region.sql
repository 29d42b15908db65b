-- Regions whose code or name begins with or holds a text.
with

matches as (
    select
        region_code,
        region_name,
        region_name_en,
        level,
        case
            when region_code = $text or lower(region_name) = lower($text) or lower(region_name_en) = lower($text) then 0
            when
                starts_with(region_code, $text)
                or starts_with(region_name, $text)
                or starts_with(lower(region_name_en), lower($text))
                then 1
            else 2
        end as rank
    from core.region
    where
        starts_with(region_code, $text)
        or contains(region_name, $text)
        or contains(lower(region_name_en), lower($text))
),

final as (
    select
        region_code,
        region_name,
        region_name_en,
        level,
        rank
    from matches
    order by rank, region_code
    limit $row_limit
)

select * from final
