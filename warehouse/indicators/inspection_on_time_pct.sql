-- Inspections due in each month and those done by their day, by kind.
with final as (
    select
        region_code,
        strftime(due_on, '%Y-%m') as period,
        kind_code as part_code,
        count(*) filter (where (make_timestamp(epoch_us(visited_at)) + interval 8 hour)::date <= due_on) as numerator,
        count(*) as denominator
    from core.inspection
    group by region_code, strftime(due_on, '%Y-%m'), kind_code
)

select * from final
