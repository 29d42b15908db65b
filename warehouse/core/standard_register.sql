-- One standard of the register.
-- key: standard_id
-- sensitivity: open
-- scope: none, standards belong to no region
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
        source_en
    from staging.stg_standard_register
)

select * from final
