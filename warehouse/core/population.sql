-- Residents of one county by sex and 5-year age band, as the census counted them.
-- key: region_code, sex_code, age_band_code
-- sensitivity: open
with final as (
    select
        region_code,
        sex_code,
        age_band_code,
        resident_count
    from staging.stg_population
)

select * from final
