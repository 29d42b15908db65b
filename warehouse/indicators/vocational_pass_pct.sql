-- Vocational appraisals and those passed, by occupation; quarters that the build holds from their first month.
with
whole_quarter as (
    select quarter
    from marts.mart_month
    group by quarter
    having right(min(month), 2) in ('01', '04', '07', '10')
),

final as (
    select
        above.above_code as region_code,
        q.quarter as period,
        c.occupation_code as part_code,
        count(*) filter (where c.passed) as numerator,
        count(*) as denominator
    from whole_quarter as q
    inner join core.vocational_certificate as c
        on q.quarter = year(c.appraised_on) || '-Q' || quarter(c.appraised_on)
    inner join core.region_above as above on c.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, q.quarter, c.occupation_code
)

select * from final
