-- Budget executed in each whole year, by city and category: what its last month says of the year so far.
-- key: region_code, category_code, year
-- sensitivity: internal
with final as (
    select
        budget.region_code,
        budget.category_code,
        year_end.year,
        sum(budget.executed_ytd_cny::decimal(28, 6)) as executed_cny
    from core.budget as budget
    inner join marts.mart_month as year_end on budget.month = year_end.month
    where year_end.is_year_end and year_end.is_in_whole_year
    group by budget.region_code, budget.category_code, year_end.year
)

select * from final
