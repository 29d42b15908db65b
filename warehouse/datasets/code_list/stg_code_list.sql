-- Code list: one code of the deliveries that stand.
-- key: list_name, code
with final as (
    select
        list_name,
        code,
        parent_code,
        code_name_zh,
        code_name_en,
        standard,
        source,
        batch_id
    from curated.code_list
)

select * from final
