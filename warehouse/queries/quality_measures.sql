-- Names of the measures of the regional statistics.
with final as (
    select
        code,
        code_name_zh,
        code_name_en
    from core.code_list
    where list_name = 'regional_measure'
    order by code
)

select * from final
