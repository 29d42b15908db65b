-- Doping tests planned and done in each month, by city of origin and team.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

province as (
    select region_code from core.region where level = 'province'
),

-- Teams belong to no city: what a team did is shared among the cities that its athletes of the month come from.
member as (
    select
        athlete.team_code,
        month.month,
        city.city_code,
        count(*) as member_count
    from marts.mart_month as month
    inner join core.athlete as athlete
        on
            athlete.registered_on <= month.ended_on
            and (athlete.left_on is null or athlete.left_on > month.ended_on)
    inner join city on athlete.region_code = city.region_code
    where athlete.status <> 'trial'
    group by athlete.team_code, month.month, city.city_code
),

placed as (
    select
        *,
        sum(member_count) over (partition by team_code, month order by city_code) as up_to_here,
        sum(member_count) over (partition by team_code, month) as whole
    from member
),

-- A team without athletes counts for the province alone.
shared as (
    select
        coalesce(placed.city_code, province.region_code) as region_code,
        record.team_code,
        record.month,
        record.test_done_count as done_count,
        record.test_planned_count as due_count,
        coalesce(placed.up_to_here, 1) as up_to_here,
        coalesce(placed.member_count, 1) as member_count,
        coalesce(placed.whole, 1) as whole
    from core.anti_doping as record
    cross join province
    left join placed on record.team_code = placed.team_code and record.month = placed.month
),

final as (
    -- Whole millionths, so that the shares of a team are exactly what it reported.
    select
        region_code,
        month as period,
        team_code as part_code,
        (
            done_count * up_to_here * 1000000 // whole
            - done_count * (up_to_here - member_count) * 1000000 // whole
        ) / 1000000.0 as numerator,
        (
            due_count * up_to_here * 1000000 // whole
            - due_count * (up_to_here - member_count) * 1000000 // whole
        ) / 1000000.0 as denominator
    from shared
)

select * from final
