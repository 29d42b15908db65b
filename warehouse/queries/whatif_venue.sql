-- Venues of given numbers, with what decides whether they count.
with

wanted as (
    select unnest($venue_indexes) as venue_index
),

final as (
    select
        venue_index,
        venue_name,
        category_code,
        region_code,
        lon,
        lat,
        area_m2,
        fee_policy,
        opening_hours,
        is_lit,
        is_indoor,
        owner_kind,
        coalesce(status, 'open') as status
    from core.venue
    where venue_index in (select venue_index from wanted)
    order by venue_index
)

select * from final
