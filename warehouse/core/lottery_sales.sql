-- Lottery sales of one outlet in one month.
-- key: outlet_id, month
-- sensitivity: internal
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
        lat
    from staging.stg_lottery_sales
)

select * from final
