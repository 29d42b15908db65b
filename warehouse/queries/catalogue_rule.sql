-- The rules between the columns of one dataset.
with final as (
    select
        dataset,
        rule_name,
        dimension,
        expression,
        text_zh,
        text_en,
        fix_zh,
        fix_en,
        is_refusing
    from meta.catalogue_rule
    where dataset = $dataset
    order by rule_name
)

select * from final
