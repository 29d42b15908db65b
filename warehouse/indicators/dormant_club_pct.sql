-- Clubs a year old and older, and those that held no event for a year or did not pass the year's check, by kind.
with
year_end as (
    select
        year as period,
        ended_on
    from marts.mart_month
    where
        is_year_end
        -- Years whose twelve months of events are known, and events came in until their last quarter.
        and ended_on - interval 1 year >= (select date_trunc('month', min(start_on)) - interval 1 day from core.event)
        and ended_on - interval 3 month < (select max(start_on) from core.event where state = 'held')
),

busy as (
    select distinct
        event.club_id,
        y.period
    from core.event as event
    inner join year_end as y on event.start_on > y.ended_on - interval 1 year and event.start_on <= y.ended_on
    where event.state = 'held' and event.club_id is not null
),

final as (
    select
        club.region_code,
        y.period,
        club.kind_code as part_code,
        count(*) filter (
            where
            busy.club_id is null
            or (club.annual_check_year = y.period::integer and club.annual_check_result in ('failed', 'absent'))
        ) as numerator,
        count(*) as denominator
    from year_end as y
    inner join core.club as club on club.founded_on <= y.ended_on - interval 1 year
    left join busy on club.club_id = busy.club_id and y.period = busy.period
    group by club.region_code, y.period, club.kind_code
)

select * from final
