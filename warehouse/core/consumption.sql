-- One transaction of sports consumption, sampled with a weight.
-- key: transaction_id
-- sensitivity: restricted
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
        sample_weight
    from staging.stg_consumption
)

select * from final
