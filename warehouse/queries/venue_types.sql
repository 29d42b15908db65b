-- Types of venues that a delivery may name, with the category above each.
with

types as (
    select
        code as venue_type_code,
        parent_code as category_code,
        code_name_zh,
        code_name_en
    from core.code_list
    where list_name = 'venue_type' and parent_code is not null
),

final as (
    select *
    from types
    order by venue_type_code
)

select * from final
