-- One residential compound, of the deliveries that stand.
-- key: compound_name
with final as (
    select
        compound_name,
        lon,
        lat,
        region_code,
        price_cny_per_m2,
        household_count,
        batch_id
    from curated.residential_compound
)

select * from final
