-- Newest score of every venue that builds smart subsystems, with the venue's name; worst first.
with

scores as (
    select
        venue_id,
        region_code,
        quarter_end,
        size_code,
        points,
        is_passing,
        live_count,
        subsidy_cny,
        missing_items,
        partial_items
    from marts.mart_smart_venue_score
    where is_latest
),

venues as (
    select
        venue_id,
        venue_name,
        area_m2
    from core.venue
),

final as (
    select
        scores.venue_id,
        coalesce(venues.venue_name, scores.venue_id) as venue_name,
        scores.region_code,
        venues.area_m2,
        scores.quarter_end,
        scores.size_code,
        scores.points,
        scores.is_passing,
        scores.live_count,
        scores.subsidy_cny,
        scores.missing_items,
        scores.partial_items
    from scores
    left join venues on scores.venue_id = venues.venue_id
    order by scores.points desc, scores.venue_id
)

select * from final
