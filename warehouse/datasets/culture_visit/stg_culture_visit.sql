-- One channel of a bureau in one month, of the deliveries that stand.
-- key: channel_code, month
with final as (
    select
        channel_code,
        month,
        region_code,
        channel_kind_code,
        post_count,
        view_count,
        share_count,
        follower_count,
        museum_visit_count,
        batch_id
    from curated.culture_visit
)

select * from final
