-- Events of the province's level or above that were held in each month, by city and level.
with final as (
    -- Other events are looked at too: a month in which only those were held is a month with none.
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        case when level_code in ('international', 'national', 'provincial') then level_code end as part_code,
        count(*) filter (where level_code in ('international', 'national', 'provincial')) as numerator
    from core.event
    where state = 'held'
    group by region_code, period, part_code
)

select * from final
