-- Elite sport budget per registered athlete, by city and year.
with final as (
    select
        region_code,
        year as period,
        executed_cny as numerator,
        0 as denominator
    from marts.mart_budget_year
    where category_code = 'elite'
    union all
    select
        region_code,
        year as period,
        0 as numerator,
        athlete_count as denominator
    from marts.mart_athlete_quarter
    where is_year_end
)

select * from final
