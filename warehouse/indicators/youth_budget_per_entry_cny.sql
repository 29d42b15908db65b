-- Youth sport budget per youth league entry, by city and year.
with final as (
    select
        budget.region_code,
        year_end.year as period,
        sum(budget.executed_ytd_cny::decimal(28, 6)) as numerator,
        0 as denominator
    from core.budget as budget
    inner join marts.mart_month as year_end on budget.month = year_end.month
    where year_end.is_year_end and year_end.is_in_whole_year and budget.category_code = 'youth'
    group by budget.region_code, year_end.year
    union all
    select
        entry.region_code,
        year_end.year as period,
        0 as numerator,
        count(*) as denominator
    from core.youth_competition as entry
    inner join marts.mart_month as year_end on strftime(entry.held_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year
    group by entry.region_code, year_end.year
)

select * from final
