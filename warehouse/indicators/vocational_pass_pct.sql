-- Vocational appraisals and those passed, by occupation; quarters that the build holds from their first month.
with final as (
    select
        c.region_code,
        m.quarter as period,
        c.occupation_code as part_code,
        count(*) filter (where c.passed) as numerator,
        count(*) as denominator
    from core.vocational_certificate as c
    inner join marts.mart_month as m on c.appraised_on between m.began_on and m.ended_on
    where m.is_in_whole_quarter
    group by c.region_code, m.quarter, c.occupation_code
)

select * from final
