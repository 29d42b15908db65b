-- Administrative region: one province, city or county of the deliveries that stand.
-- key: region_code
with final as (
    select
        region_code,
        region_name,
        region_name_en,
        parent_code,
        level,
        area_km2,
        geometry,
        batch_id
    from curated.region
)

select * from final
