-- Every code of every code list.
with final as (
    select
        list_name,
        code,
        parent_code,
        code_name_zh,
        code_name_en,
        standard,
        source
    from core.code_list
    order by list_name, code
)

select * from final
