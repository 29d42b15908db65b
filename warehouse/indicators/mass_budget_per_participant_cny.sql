-- Mass sport budget per participant of mass events, by city and year.
with final as (
    select
        region_code,
        year as period,
        executed_cny as numerator,
        0 as denominator
    from marts.mart_budget_year
    where category_code = 'mass'
    union all
    select
        region_code,
        year as period,
        0 as numerator,
        participant_count as denominator
    from marts.mart_event_year
    where kind_code in ('mass', 'activity')
)

select * from final
