-- One listing of the trade in sports resources.
-- key: deal_id
-- sensitivity: open
with final as (
    select
        deal_id,
        title,
        kind_code,
        region_code,
        state,
        listed_on,
        dealt_on,
        asked_cny,
        amount_cny,
        bidder_count
    from staging.stg_resource_trade
)

select * from final
