-- One measure of a region and year as one source prints it, of the deliveries that stand.
-- key: region_code, year, measure_code, source
with final as (
    select
        region_code,
        year,
        measure_code,
        value,
        unit,
        source,
        batch_id
    from curated.regional_statistic
)

select * from final
