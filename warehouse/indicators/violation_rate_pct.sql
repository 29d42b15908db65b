-- Market inspections and those that found a violation, by kind.
with final as (
    select
        region_code,
        strftime(inspected_on, '%Y-%m') as period,
        kind_code as part_code,
        count(*) filter (where violation_count > 0) as numerator,
        count(*) as denominator
    from core.market_inspection
    group by region_code, strftime(inspected_on, '%Y-%m'), kind_code
)

select * from final
