-- Gold medals at national level or above by the city that athletes come from, by discipline.
with final as (
    select
        won.region_code,
        year_end.year as period,
        won.discipline_code as part_code,
        sum(won.share_millionths) / 1000000.0 as numerator
    from marts.mart_medal_share as won
    inner join marts.mart_month as year_end on strftime(won.held_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and won.medal = 'gold'
    group by won.region_code, year_end.year, won.discipline_code
)

select * from final
