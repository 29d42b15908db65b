-- Gold medals at national level or above by the city that athletes come from, by discipline.
with
city as (
    select
        above.region_code,
        above.above_code as city_code
    from core.region_above as above
    inner join core.region as region on above.above_code = region.region_code
    where region.level = 'city'
),

whole_year as (
    -- A year of which only the last months are known is no year.
    select year
    from marts.mart_month
    group by year
    having right(min(month), 2) = '01'
),

won as (
    select
        result.result_id,
        result.held_on,
        result.discipline_code,
        city.city_code,
        -- One title of a team, one medal of an athlete.
        case
            when result.is_team_event then result.event_id || ':' || result.medal else result.result_id
        end as title
    from core.competition_result as result
    inner join city on result.region_code = city.region_code
    where result.level_code in ('olympic', 'world', 'asian', 'national') and result.medal = 'gold'
),

shared as (
    select
        *,
        row_number() over (partition by title order by result_id) as place,
        count(*) over (partition by title) as member_count
    from won
),

final as (
    -- Shares in whole millionths, so that those of a title are exactly one.
    select
        city_code as region_code,
        strftime(held_on, '%Y') as period,
        discipline_code as part_code,
        sum(place * 1000000 // member_count - (place - 1) * 1000000 // member_count) / 1000000.0 as numerator
    from shared
    where strftime(held_on, '%Y') in (select year from whole_year)
    group by city_code, strftime(held_on, '%Y'), discipline_code
)

select * from final
