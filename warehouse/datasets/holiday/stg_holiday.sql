-- Public holidays and make-up working days: one day of the deliveries that stand.
-- key: date
with final as (
    select
        date,
        kind,
        holiday_name,
        source,
        batch_id
    from curated.holiday
)

select * from final
