-- Types of venues with the category that each counts in.
with

types as (
    select
        code,
        code_name_zh,
        code_name_en,
        parent_code
    from core.code_list
    where list_name = 'venue_type'
),

final as (
    select
        code as venue_type_code,
        code_name_zh as venue_type_name,
        code_name_en as venue_type_name_en,
        parent_code as category_code
    from types
    order by code
)

select * from final
