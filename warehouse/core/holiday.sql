-- One public holiday or make-up working day.
-- key: date
-- sensitivity: open
-- scope: none, holidays belong to no region
with final as (
    select
        date,
        kind,
        holiday_name,
        source
    from staging.stg_holiday
)

select * from final
