-- Budget of the year and what was executed of it up to each month, by category.
with final as (
    select
        budget.region_code,
        budget.month as period,
        budget.category_code as part_code,
        sum(budget.executed_ytd_cny::decimal(28, 2)) as numerator,
        sum(budget.budget_cny::decimal(28, 2)) as denominator
    from core.budget as budget
    group by budget.region_code, budget.month, budget.category_code
)

select * from final
