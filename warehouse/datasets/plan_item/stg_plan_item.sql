-- One item of the development plans, of the deliveries that stand.
-- key: item_id
with final as (
    select
        item_id,
        plan_code,
        section_code,
        chapter,
        name_zh,
        name_en,
        level_code,
        need,
        works_when,
        works_when_zh,
        branch_code,
        task_number,
        owner_unit,
        due_year,
        target_value,
        target_unit,
        measure_code,
        reported_state,
        reported_on,
        reported_note,
        source,
        batch_id
    from curated.plan_item
)

select * from final
