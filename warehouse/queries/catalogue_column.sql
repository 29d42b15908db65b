-- Every column of every dataset.
with final as (
    select
        dataset,
        ordinal,
        column_name,
        type,
        name_zh,
        name_en,
        unit,
        min,
        max,
        max_length,
        pattern,
        codes,
        code_list,
        is_required,
        is_key,
        level,
        reference,
        is_sensitive,
        is_personal
    from meta.catalogue_column
    order by dataset, ordinal
)

select * from final
