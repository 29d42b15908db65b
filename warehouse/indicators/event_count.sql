-- Events held, by kind.
with final as (
    select
        region_code,
        strftime(start_on, '%Y-%m') as period,
        kind_code as part_code,
        count(*) as numerator
    from core.event
    where state = 'held'
    group by region_code, strftime(start_on, '%Y-%m'), kind_code
)

select * from final
