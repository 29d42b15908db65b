-- One measure of a region and year as one source prints it.
-- key: region_code, year, measure_code, source
-- sensitivity: open
with final as (
    select
        region_code,
        year,
        measure_code,
        value,
        unit,
        source
    from staging.stg_regional_statistic
)

select * from final
