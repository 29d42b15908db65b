-- One post about sport services, of the deliveries that stand.
-- key: post_id
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
        share_count,
        batch_id
    from curated.opinion_post
)

select * from final
