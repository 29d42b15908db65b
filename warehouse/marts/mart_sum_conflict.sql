-- One printed whole beside the sum of its printed parts, of one source, measure and year.
-- key: region_code, year, measure_code, source
-- sensitivity: open
-- Cities beside the province; counties beside their city. Only measures that add up, only where every part is printed.
with

figures as (
    select
        region_code,
        year,
        measure_code,
        value::decimal(28, 4) as value,
        unit,
        source,
        case
            when region_code like '%0000' then null
            when region_code like '%00' then left(region_code, 2) || '0000'
            else left(region_code, 4) || '00'
        end as above_code
    from staging.stg_regional_statistic
    where measure_code in ('gdp', 'resident')
),

known as (
    select
        parent_code as above_code,
        count(*) as region_count
    from core.region
    where parent_code is not null and parent_code <> region_code
    group by parent_code
),

parts as (
    select
        above_code,
        year,
        measure_code,
        source,
        sum(value) as part_sum,
        count(*) as part_count
    from figures
    where above_code is not null
    group by above_code, year, measure_code, source
),

final as (
    select
        figures.region_code,
        figures.year,
        figures.measure_code,
        figures.unit,
        figures.source,
        figures.value::double as whole_value,
        parts.part_sum::double as part_sum,
        (parts.part_sum - figures.value)::double as difference,
        parts.part_count::bigint as part_count
    from figures
    inner join parts
        on
            figures.region_code = parts.above_code
            and figures.year = parts.year
            and figures.measure_code = parts.measure_code
            and figures.source = parts.source
    inner join known on figures.region_code = known.above_code and parts.part_count >= known.region_count
)

select * from final
