-- Doping tests planned and done in each month, by city of origin and team.
with final as (
    select
        region_code,
        month as period,
        team_code as part_code,
        sum(share_millionths) filter (where measure_code = 'test_done') / 1000000.0 as numerator,
        sum(share_millionths) filter (where measure_code = 'test_planned') / 1000000.0 as denominator
    from marts.mart_anti_doping_city
    group by region_code, month, team_code
)

select * from final
