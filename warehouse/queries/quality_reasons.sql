-- What costs the score of the last twelve months most.
with final as (
    select
        region_code,
        of_dataset,
        rank,
        dataset,
        dimension,
        check_code,
        failed_count,
        lost_points
    from marts.mart_quality_reason
    where
        ($region is null or region_code = $region)
        and ($dataset is null or of_dataset = $dataset)
        and rank <= $most
    order by region_code, of_dataset, rank
)

select * from final
