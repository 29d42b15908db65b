-- What teams reported of anti-doping in each month, shared among the cities that their athletes come from.
-- key: region_code, team_code, month, measure_code
-- sensitivity: restricted
with
province as (
    select region_code from core.region where level = 'province'
),

-- Teams belong to no city: what a team did is shared among the cities that its athletes of the month come from.
member as (
    select
        athlete.team_code,
        month.month,
        above.above_code as city_code,
        count(*) as athlete_count
    from marts.mart_month as month
    inner join core.athlete as athlete
        on
            athlete.registered_on <= month.ended_on
            and (athlete.left_on is null or athlete.left_on > month.ended_on)
    inner join core.region_above as above on athlete.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code and region.level = 'city'
    where athlete.status <> 'trial'
    group by athlete.team_code, month.month, above.above_code
),

placed as (
    select
        *,
        sum(athlete_count) over (partition by team_code, month order by city_code) as up_to_here,
        sum(athlete_count) over (partition by team_code, month) as whole
    from member
),

reported as (
    select
        team_code,
        month,
        unnest(['test_done', 'test_planned', 'education_done', 'education_due']) as measure_code,
        unnest([test_done_count, test_planned_count, education_done_count, education_due_count]) as reported_count
    from core.anti_doping
),

-- A team without athletes counts for the province alone.
shared as (
    select
        coalesce(placed.city_code, province.region_code) as region_code,
        reported.team_code,
        reported.month,
        reported.measure_code,
        reported.reported_count,
        coalesce(placed.up_to_here, 1) as up_to_here,
        coalesce(placed.athlete_count, 1) as athlete_count,
        coalesce(placed.whole, 1) as whole
    from reported
    cross join province
    left join placed on reported.team_code = placed.team_code and reported.month = placed.month
),

final as (
    -- Whole millionths, so that the shares of a team are exactly what it reported.
    select
        region_code,
        team_code,
        month,
        measure_code,
        (
            reported_count * up_to_here * 1000000 // whole
            - reported_count * (up_to_here - athlete_count) * 1000000 // whole
        )::bigint as share_millionths
    from shared
)

select * from final
