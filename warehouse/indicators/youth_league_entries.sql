-- Entries in the youth league in each month, by county and level of the event.
with final as (
    select
        region_code,
        strftime(held_on, '%Y-%m') as period,
        level_code as part_code,
        count(*) as numerator
    from core.youth_competition
    group by region_code, strftime(held_on, '%Y-%m'), level_code
)

select * from final
