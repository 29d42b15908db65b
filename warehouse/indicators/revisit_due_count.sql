-- Cases whose revisit was due by the end of each week and had not been made, by main violation; no case is 0.
with
week as (
    select
        strftime(monday, '%G-W%V') as period,
        least((monday + interval 6 day)::date, newest.ended_on) as ended_on
    from (
        select
            min(began_on) as began_on,
            max(ended_on) as ended_on
        from marts.mart_month
    ) as newest
    cross join unnest(generate_series(
        date_trunc('week', newest.began_on), newest.ended_on::timestamp, interval 7 day
    )) as weeks (monday)
),

due as (
    select
        i.region_code,
        w.period,
        i.violation_code as part_code,
        count(*) as numerator
    from week as w
    inner join core.market_inspection as i
        on i.revisit_due_on <= w.ended_on and (i.revisited_on is null or i.revisited_on > w.ended_on)
    group by i.region_code, w.period, i.violation_code
),

final as (
    select
        region_code,
        period,
        part_code,
        numerator
    from due
    union all
    -- A week in which no case is due anywhere is a week all the same.
    select
        r.region_code,
        w.period,
        null as part_code,
        0 as numerator
    from week as w
    cross join core.region as r
    where r.level = 'county'
)

select * from final
