-- Names of the regions, in the order of their codes.
with

final as (
    select
        region_code,
        region_name,
        region_name_en,
        parent_code,
        level
    from core.region
    order by region_code
)

select * from final
