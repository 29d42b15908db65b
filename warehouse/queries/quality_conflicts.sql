-- Attributes of which two sources say different things, and how many there are in all.
with

asked as (
    select *
    from marts.mart_conflict
    where
        ($dataset is null or dataset = $dataset)
        and ($region is null or left(region_code, length($region)) = $region)
),

-- Of many contradictions of one kind only examples are kept, each with the number of all.
counted as (
    select distinct
        dataset,
        region_code,
        attribute,
        winning_source,
        losing_source,
        conflict_count
    from asked
),

final as (
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
        (select sum(counted.conflict_count) from counted)::bigint as found_count
    from asked
    order by dataset, attribute, key_text
    limit $most
)

select * from final
