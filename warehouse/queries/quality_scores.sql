-- Scores of quality: a dataset or all, a month or a window, null for any.
with final as (
    select
        dataset,
        region_code,
        month,
        row_count,
        failed_count,
        completeness,
        uniqueness,
        validity,
        consistency,
        timeliness,
        accuracy,
        score
    from marts.mart_quality
    where
        ($dataset is null or dataset = $dataset)
        and ($region is null or region_code = $region)
        and ($month is null or month = $month)
    order by dataset, region_code, month
)

select * from final
