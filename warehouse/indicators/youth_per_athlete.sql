-- Registered young people per registered athlete, by city and year.
with final as (
    select
        above.above_code as region_code,
        year_end.year as period,
        count(distinct training.person_key) as numerator,
        0 as denominator
    from core.youth_training as training
    inner join marts.mart_month as year_end on training.month = year_end.month
    inner join core.region_above as above on training.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
    where year_end.is_year_end and year_end.is_in_whole_year and training.is_registered
    group by above.above_code, year_end.year
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
