-- Medals at national level or above shared by the athletes from here who won them: a title of a team counts once.
-- key: result_id
-- sensitivity: open
with
won as (
    select
        result.result_id,
        result.held_on,
        result.discipline_code,
        result.medal,
        city.region_code,
        -- One title of a team, one medal of an athlete.
        case
            when result.is_team_event then result.event_id || ':' || result.medal else result.result_id
        end as title
    from core.competition_result as result
    inner join core.region_above as above on result.region_code = above.region_code
    inner join core.region as city on above.above_code = city.region_code and city.level = 'city'
    where result.level_code in ('olympic', 'world', 'asian', 'national') and result.medal is not null
),

shared as (
    select
        *,
        row_number() over (partition by title order by result_id) as place,
        count(*) over (partition by title) as winner_count
    from won
),

final as (
    select
        result_id,
        region_code,
        held_on,
        discipline_code,
        medal,
        -- Whole millionths, so that the shares of a title are exactly one.
        place * 1000000 // winner_count - (place - 1) * 1000000 // winner_count as share_millionths
    from shared
)

select * from final
