-- How regions fare under one standard, clause by clause.
with

final as (
    select
        region_code,
        clause_code,
        resident_count,
        passing_resident_count,
        mean_points
    from marts.mart_standard_region
    where standard_code = $standard_code
    order by region_code, clause_code
)

select * from final
