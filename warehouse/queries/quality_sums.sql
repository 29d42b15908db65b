-- Printed wholes beside the sums of their printed parts, the largest difference first.
with final as (
    select
        region_code,
        year,
        measure_code,
        unit,
        source,
        whole_value,
        part_sum,
        difference,
        part_count
    from marts.mart_sum_conflict
    order by abs(difference) / nullif(whole_value, 0) desc, year desc, measure_code, source
)

select * from final
