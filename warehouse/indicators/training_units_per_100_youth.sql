-- Sports training units per 100 registered young people, by city and year.
with final as (
    select
        unit.region_code,
        year_end.year as period,
        count(*) as numerator,
        0 as denominator
    from core.enterprise as unit
    inner join marts.mart_month as year_end
        on
            unit.founded_on <= year_end.ended_on
            and (unit.closed_on is null or unit.closed_on > year_end.ended_on)
    where year_end.is_year_end and year_end.is_in_whole_year and left(unit.industry_code, 2) = '06'
    group by unit.region_code, year_end.year
    union all
    select
        above.above_code as region_code,
        year_end.year as period,
        0 as numerator,
        count(distinct training.person_key) as denominator
    from core.youth_training as training
    inner join marts.mart_month as year_end on training.month = year_end.month
    inner join core.region_above as above on training.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
    where year_end.is_year_end and year_end.is_in_whole_year and training.is_registered
    group by above.above_code, year_end.year
)

select * from final
