-- The codes of some lists.
with final as (
    select
        list_name,
        code,
        parent_code,
        code_name_zh,
        code_name_en,
        standard
    from core.code_list
    where list_name in (select unnest($list_names))
    order by list_name, code
)

select * from final
