-- Elite sport budget per registered athlete, by city and year.
with final as (
    select
        budget.region_code,
        year_end.year as period,
        sum(budget.executed_ytd_cny::decimal(28, 6)) as numerator,
        0 as denominator
    from core.budget as budget
    inner join marts.mart_month as year_end on budget.month = year_end.month
    where year_end.is_year_end and year_end.is_in_whole_year and budget.category_code = 'elite'
    group by budget.region_code, year_end.year
    union all
    select
        athlete.region_code,
        year_end.year as period,
        0 as numerator,
        count(*) as denominator
    from core.athlete as athlete
    inner join marts.mart_month as year_end
        on
            athlete.registered_on <= year_end.ended_on
            and (athlete.left_on is null or athlete.left_on > year_end.ended_on)
    where year_end.is_year_end and year_end.is_in_whole_year and athlete.status <> 'trial'
    group by athlete.region_code, year_end.year
)

select * from final
