-- One item of the two development plans, with what its owner reports.
-- key: item_id
-- sensitivity: open
-- scope: none, the plans hold for the whole bureau
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
        source
    from staging.stg_plan_item
)

select * from final
