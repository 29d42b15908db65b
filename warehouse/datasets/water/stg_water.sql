-- Rivers, canals and lakes: one water area of the deliveries that stand.
-- key: water_id
with final as (
    select
        water_id,
        water_name,
        kind,
        geometry,
        batch_id
    from curated.water
)

select * from final
