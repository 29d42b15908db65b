-- Resident population by county, sex and age band: one county, sex and 5-year age band of the deliveries that stand.
-- key: region_code, sex_code, age_band_code
with final as (
    select
        region_code,
        sex_code,
        age_band_code,
        resident_count,
        batch_id
    from curated.population
)

select * from final
