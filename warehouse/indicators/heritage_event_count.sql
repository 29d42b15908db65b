-- Events of traditional sports culture that were held in each quarter, by city and discipline.
with final as (
    -- Other events are looked at too: a quarter in which only those were held is a quarter with none.
    select
        event.region_code,
        m.quarter as period,
        case when event.kind_code = 'traditional' then event.discipline_code end as part_code,
        count(*) filter (where event.kind_code = 'traditional') as numerator
    from core.event as event
    inner join marts.mart_month as m on event.start_on between m.began_on and m.ended_on
    where m.is_in_whole_quarter and event.state = 'held'
    group by
        event.region_code,
        m.quarter,
        case when event.kind_code = 'traditional' then event.discipline_code end
)

select * from final
