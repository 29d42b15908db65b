-- Population cell: one cell of the deliveries that stand.
-- key: cell_id
with final as (
    select
        cell_id,
        lon,
        lat,
        size_m,
        region_code,
        resident_count,
        age_0_4_count,
        age_5_14_count,
        age_15_34_count,
        age_35_59_count,
        age_60_79_count,
        age_80_plus_count,
        batch_id
    from curated.population_cell
)

select * from final
