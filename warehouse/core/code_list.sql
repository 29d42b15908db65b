-- One code of one standard list, in Chinese and English, with the code above it.
-- key: list_name, code
-- sensitivity: open
-- scope: none, codes belong to no region
with final as (
    select
        list_name,
        code,
        parent_code,
        code_name_zh,
        code_name_en,
        standard,
        source
    from staging.stg_code_list
)

select * from final
