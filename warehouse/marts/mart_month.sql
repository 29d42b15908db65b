-- The months that the figures of a build reach back over: the sixty up to the one that most datasets reach, or where
-- no dataset tells months, as with residents and venues alone, up to the one that the newest delivery came in.
-- key: month
-- sensitivity: open
-- scope: none, a calendar
-- lowers: Months only.
with
reached as (
    select max(month) as month
    from marts.mart_quality_count
    where check_code = 'rows:all' and regexp_matches(month, '^[0-9]{4}-[0-9]{2}$')
    group by dataset
),

newest as (
    select
        coalesce(
            -- The median over the datasets, so that one far date decides nothing.
            (select quantile_disc(month, 0.5) from reached),
            (select max(received_month) from ledger.batch)
        ) as month
),

calendar as (
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
),

final as (
    select
        *,
        -- The last month of its quarter or year that the build knows: what is counted on one day is counted there.
        month = max(month) over (partition by quarter) as is_quarter_end,
        month = max(month) over (partition by year) as is_year_end,
        -- A quarter or year of which only the last months are known is none.
        month(min(began_on) over (partition by quarter)) in (1, 4, 7, 10) as is_in_whole_quarter,
        month(min(began_on) over (partition by year)) = 1 as is_in_whole_year,
        -- Up to it and with it.
        row_number() over (order by month) as months_known
    from calendar
)

select * from final
