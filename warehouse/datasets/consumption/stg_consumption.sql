-- One transaction of sports consumption, sampled with a weight, of the deliveries that stand.
-- key: transaction_id
with final as (
    select
        transaction_id,
        person_key,
        age_group,
        region_code,
        merchant_code,
        merchant_kind,
        category_code,
        paid_cny,
        subsidy_cny,
        voucher_code,
        paid_at,
        sample_weight,
        batch_id
    from curated.consumption
)

select * from final
