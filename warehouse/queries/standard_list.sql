-- The register of standards.
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
    from core.standard_register
    order by not coalesce(is_planned, false), standard_id
)

select * from final
