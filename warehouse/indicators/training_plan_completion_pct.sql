-- Training sessions of each month and those of them that were done, by city of origin and kind of session.
with
-- Months as dates until there are few rows: a text a session costs more than counting it.
counted as (
    select
        region_code,
        date_trunc('month', make_timestamp(epoch_us(started_at)) + interval 8 hour) as began_on,
        session_kind,
        count(*) filter (where state = 'done') as done_count,
        count(*) as session_count
    from core.training_session
    group by all
),

final as (
    select
        region_code,
        strftime(began_on, '%Y-%m') as period,
        session_kind as part_code,
        done_count as numerator,
        session_count as denominator
    from counted
)

select * from final
