-- Attributes of which two sources say different things.
with final as (
    select
        dataset,
        region_code,
        key_text,
        attribute,
        winning_value,
        losing_value,
        winning_source,
        losing_source,
        winning_batch,
        losing_batch,
        rule_code,
        conflict_count,
        count(*) over ()::bigint as found_count
    from marts.mart_conflict
    where
        ($dataset is null or dataset = $dataset)
        and ($region is null or left(region_code, length($region)) = $region)
    order by dataset, attribute, key_text
    limit $most
)

select * from final
