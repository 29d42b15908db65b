-- Cases decided in each month and those decided by their time limit, by kind.
with final as (
    select
        above.above_code as region_code,
        strftime(make_timestamp(epoch_us(a.decided_at)) + interval 8 hour, '%Y-%m') as period,
        a.kind_code as part_code,
        count(*) filter (where a.decided_at <= a.due_at) as numerator,
        count(*) as denominator
    from core.approval as a
    inner join core.region_above as above on a.region_code = above.region_code
    inner join core.region as r on above.above_code = r.region_code and r.level = 'city'
    where a.decided_at is not null
    group by all
)

select * from final
