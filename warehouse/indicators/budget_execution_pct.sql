-- Budget of the year and what was executed of it up to each month, by category.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
),

final as (
    select
        coalesce(city.city_code, budget.region_code) as region_code,
        budget.month as period,
        budget.category_code as part_code,
        sum(budget.executed_ytd_cny::decimal(28, 2)) as numerator,
        sum(budget.budget_cny::decimal(28, 2)) as denominator
    from core.budget as budget
    left join city on budget.region_code = city.region_code
    group by coalesce(city.city_code, budget.region_code), budget.month, budget.category_code
)

select * from final
