-- Venues that pass the smart-venue checklist at the end of each quarter.
with final as (
    select
        quarter_end,
        count(*) as venue_count,
        count(*) filter (where is_passing) as passing_count
    from marts.mart_smart_venue_score
    group by quarter_end
    order by quarter_end
)

select * from final
