-- One listing of the trade in sports resources, of the deliveries that stand.
-- key: deal_id
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
        bidder_count,
        batch_id
    from curated.resource_trade
)

select * from final
