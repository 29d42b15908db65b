-- Every code of every list, by name.
with final as (
    select
        list_name,
        code,
        code_name_zh,
        code_name_en
    from core.code_list
    order by list_name, code
)

select * from final
