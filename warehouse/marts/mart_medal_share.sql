-- Medals at national level or above in whole years, shared by the athletes from here who won them: a title of a team
-- counts once.
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
        shared.result_id,
        shared.region_code,
        year_end.year,
        shared.discipline_code,
        shared.medal,
        -- Whole millionths, so that the shares of a title are exactly one.
        shared.place * 1000000 // shared.winner_count - (shared.place - 1) * 1000000 // shared.winner_count
            as share_millionths
    from shared
    inner join marts.mart_month as year_end on strftime(shared.held_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year
)

select * from final
