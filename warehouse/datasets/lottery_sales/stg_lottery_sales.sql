-- Lottery sales of one outlet in one month, of the deliveries that stand.
-- key: outlet_id, month
with final as (
    select
        outlet_id,
        month,
        region_code,
        product_code,
        sales_cny,
        lotto_cny,
        guess_cny,
        instant_cny,
        opened_on,
        closed_on,
        lon,
        lat,
        batch_id
    from curated.lottery_sales
)

select * from final
