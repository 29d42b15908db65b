-- Vocational certificates awarded, by occupation.
with final as (
    select
        above.above_code as region_code,
        m.month as period,
        c.occupation_code as part_code,
        count(*) as numerator
    from marts.mart_month as m
    inner join core.vocational_certificate as c on m.month = strftime(c.awarded_on, '%Y-%m')
    inner join core.region_above as above on c.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    group by above.above_code, m.month, c.occupation_code
)

select * from final
