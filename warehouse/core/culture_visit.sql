-- One channel of a bureau in one month.
-- key: channel_code, month
-- sensitivity: open
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
        museum_visit_count
    from staging.stg_culture_visit
)

select * from final
