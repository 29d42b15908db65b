-- One post about sport services.
-- key: post_id
-- sensitivity: internal
with final as (
    select
        post_id,
        source_code,
        posted_at,
        collected_at,
        text,
        region_code,
        interaction_count,
        like_count,
        comment_count,
        share_count
    from staging.stg_opinion_post
)

select * from final
