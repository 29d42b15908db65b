-- Outlines of the regions in one level of detail.
with

regions as (
    select
        region_code,
        parent_code,
        level
    from core.region
),

outlines as (
    select
        region_code,
        geometry
    from marts.mart_region_outline
    where detail_code = $detail_code
),

final as (
    select
        outlines.region_code,
        regions.parent_code,
        regions.level,
        outlines.geometry
    from outlines
    inner join regions on outlines.region_code = regions.region_code
    order by outlines.region_code
)

select * from final
