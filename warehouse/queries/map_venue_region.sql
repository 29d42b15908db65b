-- Open venues and their area by region, category and fee.
with

venues as (
    select
        region_code,
        venue_type_code,
        fee_policy,
        venue_count,
        area_m2
    from marts.mart_venue_region
),

types as (
    select
        code,
        parent_code
    from core.code_list
    where list_name = 'venue_type'
),

final as (
    select
        venues.region_code,
        coalesce(types.parent_code, 'other') as category_code,
        venues.fee_policy,
        sum(venues.venue_count)::bigint as venue_count,
        sum(venues.area_m2) as area_m2
    from venues
    left join types on venues.venue_type_code = types.code
    group by all
    order by region_code, category_code, fee_policy
)

select * from final
