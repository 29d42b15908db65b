-- One piece of outdoor fitness equipment and the venue that it stands in.
-- key: equipment_id
-- sensitivity: open
with final as (
    select
        equipment_id,
        venue_id,
        region_code,
        kind_code,
        maker,
        batch_no,
        installed_on,
        service_life_years,
        generation,
        warranty_until,
        price_cny,
        state,
        removed_on
    from staging.stg_equipment
)

select * from final
