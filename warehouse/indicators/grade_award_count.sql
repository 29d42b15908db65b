-- Technical grades awarded in each month, grade 2 or better, by city and grade.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

final as (
    -- Grade 3 is looked at too: a month in which only that was awarded is a month with none.
    select
        city.city_code as region_code,
        strftime(award.awarded_on, '%Y-%m') as period,
        case when award.grade_code <> 'grade_3' then award.grade_code end as part_code,
        count(*) filter (where award.grade_code <> 'grade_3') as numerator
    from core.grade_award as award
    inner join city on award.region_code = city.region_code
    group by
        city.city_code,
        strftime(award.awarded_on, '%Y-%m'),
        case when award.grade_code <> 'grade_3' then award.grade_code end
)

select * from final
