-- What failed in one dataset, check by check, with the place of one failing row.
with final as (
    select
        dimension,
        check_code,
        sum(failed_count)::bigint as failed_count,
        min(month) as first_month,
        max(month) as last_month,
        count(distinct month) as month_count,
        count(distinct region_code) as region_count,
        min(example_row) as example_row,
        min(example_batch) as example_batch
    from marts.mart_quality_failure
    where
        dataset = $dataset
        and ($region is null or region_code = $region)
        and failed_count > 0
    group by dimension, check_code
    order by failed_count desc, check_code
)

select * from final
