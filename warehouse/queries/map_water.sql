-- Shores of the water in one level of detail.
with

water as (
    select
        part_number,
        geometry
    from marts.mart_water_outline
    where detail_code = $detail_code
),

final as (
    select geometry
    from water
    order by part_number
)

select * from final
