-- Every edge of the lineage.
with final as (
    select
        source_table,
        source_column,
        target_table,
        target_column,
        how,
        expression
    from meta.lineage
    order by source_table, target_table, source_column, target_column, how
)

select * from final
