-- Events of 1000 participants or more that were held in each month, by county and kind.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        kind_code as part_code,
        count(*) filter (where participant_count >= 1000) as numerator
    from core.event
    where state = 'held'
    group by region_code, strftime(start_on, '%Y-%m'), kind_code
)

select * from final
