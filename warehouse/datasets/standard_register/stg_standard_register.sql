-- One standard of the register, of the deliveries that stand.
-- key: standard_id
with final as (
    select
        standard_id,
        title,
        title_en,
        kind,
        field_code,
        status,
        issued_on,
        in_force_on,
        adopted_unit_count,
        is_planned,
        source,
        source_en,
        batch_id
    from curated.standard_register
)

select * from final
