-- Days lost to injuries of each month and sessions done in it, by city of origin, of athletes whose load is recorded.
with
recorded as (
    select
        athlete_id,
        region_code,
        date_trunc('month', make_timestamp(epoch_us(started_at)) + interval 8 hour)::date as began_on,
        count(*) filter (where state = 'done') as done_count
    from core.training_session
    group by all
),

hurt as (
    -- Who trains under record in the month of the injury or in the one before.
    select
        injury.region_code,
        date_trunc('month', injury.occurred_on)::date as began_on,
        sum(injury.severity_days) as lost_days
    from core.injury as injury
    where exists (
        select 1
        from recorded
        where
            recorded.athlete_id = injury.athlete_id
            and recorded.began_on in (
                date_trunc('month', injury.occurred_on)::date,
                (date_trunc('month', injury.occurred_on) - interval 1 month)::date
            )
    )
    group by all
),

both_counts as (
    select
        region_code,
        began_on,
        0 as lost_days,
        done_count
    from recorded
    union all
    select
        region_code,
        began_on,
        lost_days,
        0 as done_count
    from hurt
),

final as (
    select
        both_counts.region_code,
        strftime(both_counts.began_on, '%Y-%m') as period,
        sum(both_counts.lost_days) as numerator,
        sum(both_counts.done_count) as denominator
    from both_counts
    group by both_counts.region_code, strftime(both_counts.began_on, '%Y-%m')
)

select * from final
