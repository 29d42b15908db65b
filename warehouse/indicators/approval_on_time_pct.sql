-- Cases decided in each month and those decided by their time limit, by kind.
with final as (
    select
        a.region_code,
        strftime(make_timestamp(epoch_us(a.decided_at)) + interval 8 hour, '%Y-%m') as period,
        a.kind_code as part_code,
        count(*) filter (where a.decided_at <= a.due_at) as numerator,
        count(*) as denominator
    from core.approval as a
    where a.decided_at is not null
    group by all
)

select * from final
