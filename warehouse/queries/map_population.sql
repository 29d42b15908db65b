-- Residents of the census by county.
with

final as (
    select
        region_code,
        sum(resident_count)::bigint as resident_count
    from core.population
    group by region_code
    order by region_code
)

select * from final
