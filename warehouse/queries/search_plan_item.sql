-- The items of the development plans by number and name.
with final as (
    select
        item_id,
        name_zh,
        name_en
    from core.plan_item
    order by item_id
)

select * from final
