-- The newest deliveries of one dataset that the build stands on.
with final as (
    select
        dataset,
        arrival,
        batch_id,
        origin,
        publisher,
        licence,
        period,
        file_name,
        byte_count,
        delivered_count,
        accepted_count,
        refused_count,
        duplicate_count,
        delivered_at
    from meta.catalogue_batch
    where dataset = $dataset
    order by arrival desc
    limit $row_limit
)

select * from final
