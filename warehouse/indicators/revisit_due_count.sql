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

final as (
    select
        r.region_code,
        w.period,
        i.violation_code as part_code,
        count(i.case_id) as numerator
    from week as w
    cross join core.region as r
    left join core.market_inspection as i
        on
            r.region_code = i.region_code
            and i.revisit_due_on <= w.ended_on
            and (i.revisited_on is null or i.revisited_on > w.ended_on)
    where r.level = 'county'
    group by r.region_code, w.period, i.violation_code
)

select * from final
