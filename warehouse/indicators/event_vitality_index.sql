-- Vitality of events in each quarter at every level: frequency, size, variety and return, each 0 to 100, equal weights.
with
quarter as (
    -- Whole quarters; the one of a year before must be known too, for what returns from it. None after the newest
    -- event: where no log tells what was due, figures that stopped coming in are none, not 0.
    select
        quarter as period,
        date_trunc('quarter', began_on)::date as began_on
    from marts.mart_month
    where
        is_quarter_end
        and is_in_whole_quarter
        and date_trunc('quarter', began_on) <= (select max(start_on) from core.event where state = 'held')
),

resident as (
    select
        above.above_code as region_code,
        sum(population.resident_count) as resident_count
    from core.population as population
    inner join core.region_above as above on population.region_code = above.region_code
    group by above.above_code
),

held as (
    select
        above.above_code as region_code,
        date_trunc('quarter', event.start_on)::date as began_on,
        event.discipline_code,
        event.series_code,
        event.participant_count
    from core.event as event
    inner join core.region_above as above on event.region_code = above.region_code
    where event.state = 'held'
),

size as (
    select
        region_code,
        began_on,
        count(*) as event_count,
        sum(participant_count) / count(participant_count) as mean_participants
    from held
    group by region_code, began_on
),

discipline as (
    select
        region_code,
        began_on,
        count(*) as event_count,
        sum(count(*)) over (partition by region_code, began_on) as whole
    from held
    where discipline_code is not null
    group by region_code, began_on, discipline_code
),

variety as (
    select
        region_code,
        began_on,
        -- Added as decimals: the same whatever the order.
        sum((-event_count / whole * ln(event_count / whole))::decimal(28, 12))::double as nats
    from discipline
    group by region_code, began_on
),

series as (
    select distinct
        region_code,
        began_on,
        series_code
    from held
    where series_code is not null
),

due as (
    select
        series.region_code,
        (series.began_on + interval 12 month)::date as began_on,
        series.series_code,
        count(later.series_code) > 0 as is_back
    from series
    left join series as later
        on
            series.region_code = later.region_code
            and series.series_code = later.series_code
            and series.began_on < later.began_on
            and later.began_on <= series.began_on + interval 12 month
    group by series.region_code, series.began_on, series.series_code
),

returned as (
    select
        region_code,
        began_on,
        count(*) filter (where is_back) / count(*) as share
    from due
    group by region_code, began_on
),

-- Goalposts: 8 events a quarter and 100 000 residents, 800 participants an event, 3 nats, half of the series.
score as (
    select
        resident.region_code,
        quarter.period,
        coalesce(size.event_count, 0) / resident.resident_count * 100000 / 8 as frequency,
        coalesce(size.mean_participants, 0) / 800 as mean_size,
        coalesce(variety.nats, 0) / 3 as variety,
        returned.share / 0.5 as returned
    from quarter
    inner join quarter as year_before on year_before.began_on = quarter.began_on - interval 12 month
    cross join resident
    left join size on resident.region_code = size.region_code and quarter.began_on = size.began_on
    left join variety on resident.region_code = variety.region_code and quarter.began_on = variety.began_on
    left join returned on resident.region_code = returned.region_code and quarter.began_on = returned.began_on
    where resident.resident_count > 0
),

final as (
    select
        region_code,
        period,
        100 * (
            least(frequency, 1) + least(mean_size, 1) + least(variety, 1) + least(coalesce(returned, 0), 1)
        ) as numerator,
        case when returned is null then 3 else 4 end as denominator,
        numerator / denominator as value
    from score
)

select * from final
