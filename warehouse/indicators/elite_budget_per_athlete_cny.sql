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
