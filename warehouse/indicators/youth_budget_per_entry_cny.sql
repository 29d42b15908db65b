-- Youth sport budget per youth league entry, by city and year.
with final as (
    select
        region_code,
        year as period,
        executed_cny as numerator,
        0 as denominator
    from marts.mart_budget_year
    where category_code = 'youth'
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
