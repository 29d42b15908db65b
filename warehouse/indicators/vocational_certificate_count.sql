-- Vocational certificates awarded, by occupation.
with final as (
    select
        c.region_code,
        m.month as period,
        c.occupation_code as part_code,
        count(*) as numerator
    from marts.mart_month as m
    inner join core.vocational_certificate as c on m.month = strftime(c.awarded_on, '%Y-%m')
    group by c.region_code, m.month, c.occupation_code
)

select * from final
