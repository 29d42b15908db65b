-- Medals at national level or above by the city that athletes come from, by discipline.
with final as (
    select
        region_code,
        year as period,
        discipline_code as part_code,
        sum(share_millionths) / 1000000.0 as numerator
    from marts.mart_medal_share
    group by region_code, year, discipline_code
)

select * from final
