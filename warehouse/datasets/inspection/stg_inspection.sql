-- One inspection of a venue: when it was due, when it took place, what was found, of the deliveries that stand.
-- key: inspection_id
with final as (
    select
        inspection_id,
        venue_id,
        region_code,
        kind_code,
        due_on,
        visited_at,
        interval_days,
        inspector_code,
        checked_count,
        defect_count,
        severity,
        rectified_on,
        batch_id
    from curated.inspection
)

select * from final
