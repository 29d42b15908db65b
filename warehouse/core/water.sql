-- One river, canal, lake or other water area.
-- key: water_id
-- sensitivity: open
-- scope: none, water belongs to no region and everybody knows where it is
with final as (
    select
        water_id,
        water_name,
        kind,
        geometry
    from staging.stg_water
)

select * from final
