-- Every dataset that may be delivered, and what of it is in force.
with final as (
    select
        dataset,
        name_zh,
        name_en,
        theme,
        grain,
        key,
        owner,
        contract_publisher,
        contract_licence,
        publisher,
        licence,
        sharing,
        opening,
        level,
        sensitivity,
        cadence,
        cadence_days,
        due_days,
        geometry,
        crs,
        period_column,
        unit_column,
        feeds,
        column_count,
        origin,
        period,
        delivered_at,
        row_count,
        refused_count,
        batch_count,
        byte_count
    from meta.catalogue_dataset
    order by dataset
)

select * from final
