-- One row: one athlete x test item x day, of the deliveries that stand.
-- key: athlete_id, item_code, tested_on
with final as (
    select
        athlete_id,
        item_code,
        tested_on,
        value,
        unit,
        typical_error,
        batch_id
    from curated.athlete_test
)

select * from final
