-- Open venues that could host another one: outdoor trails and squares as in parks, or venues of schools.
with

venues as (
    select
        venue_index,
        venue_name,
        venue_type_code,
        region_code,
        lon,
        lat,
        owner_kind,
        is_indoor
    from core.venue
    where coalesce(status, 'open') = 'open'
),

final as (
    select
        venue_index,
        venue_name,
        venue_type_code,
        region_code,
        lon,
        lat
    from venues
    where
        ($host_kind = 'schools' and owner_kind = 'school')
        or (
            $host_kind = 'parks'
            and (venue_type_code like 'E30%' or venue_type_code like 'F90%')
            and not coalesce(is_indoor, false)
        )
    order by venue_index
)

select * from final
