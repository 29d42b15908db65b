-- The months that the figures of a build reach back over: the sixty up to the one that most datasets reach.
-- key: month
-- sensitivity: open
-- scope: none, a calendar
-- lowers: Months only.
with
newest as (
    -- The median over the datasets, so that one far date decides nothing.
    select quantile_disc(month, 0.5) as month
    from (
        select
            dataset,
            max(month) as month
        from marts.mart_quality_count
        where check_code = 'rows:all' and regexp_matches(month, '^[0-9]{4}-[0-9]{2}$')
        group by dataset
    )
),

final as (
    select
        strftime(begun, '%Y-%m') as month,
        year(begun) || '-Q' || quarter(begun) as quarter,
        strftime(begun, '%Y') as year,
        begun::date as began_on,
        last_day(begun::date) as ended_on,
        begun::date = strptime(newest.month || '-01', '%Y-%m-%d')::date as is_newest
    from newest
    cross join unnest(generate_series(
        strptime(newest.month || '-01', '%Y-%m-%d') - interval 59 month,
        strptime(newest.month || '-01', '%Y-%m-%d'),
        interval 1 month
    )) as months (begun)
    where newest.month is not null
)

select * from final
