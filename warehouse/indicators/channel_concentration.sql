-- Concentration of the views of each month over kinds of channels, for cities and the province.
with
reach as (
    select
        above.above_code as region_code,
        visit.month as period,
        sum(visit.view_count) as view_count,
        sum(sum(visit.view_count)) over (partition by above.above_code, visit.month) as whole
    from core.culture_visit as visit
    inner join core.region_above as above on visit.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code
    where region.level in ('city', 'province')
    group by above.above_code, visit.month, visit.channel_kind_code
),

final as (
    select
        region_code,
        period,
        count(*) as numerator,
        sum(view_count) as denominator,
        -- Added as decimals: the same whatever the order.
        sum(((view_count / whole) ** 2)::decimal(28, 12))::double as value
    from reach
    where whole > 0
    group by region_code, period
)

select * from final
