-- What resources were dealt for, by city, month of the deal and kind; months without a deal are 0.
with
dealt as (
    select
        region_code,
        strftime(dealt_on, '%Y-%m') as month,
        kind_code,
        amount_cny
    from core.resource_trade
    where state = 'dealt'
),

final as (
    select
        r.region_code,
        m.month as period,
        d.kind_code as part_code,
        coalesce(sum(d.amount_cny::decimal(28, 6)), 0) as numerator
    from marts.mart_month as m
    cross join core.region as r
    inner join core.region_above as above on r.region_code = above.above_code
    left join dealt as d on m.month = d.month and above.region_code = d.region_code
    where r.level = 'city'
    group by r.region_code, m.month, d.kind_code
)

select * from final
