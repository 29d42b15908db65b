-- Venues of the province that reach the threshold of the checklist at the end of each quarter, by category.
with final as (
    select
        score.region_code,
        quarter_end.quarter as period,
        venue.category_code as part_code,
        count(*) filter (where score.is_passing) as numerator
    from marts.mart_smart_venue_score as score
    inner join core.venue as venue on score.venue_id = venue.venue_id
    inner join marts.mart_month as quarter_end
        on year(score.quarter_end) || '-Q' || quarter(score.quarter_end) = quarter_end.quarter
    where quarter_end.is_quarter_end
    group by score.region_code, quarter_end.quarter, venue.category_code
)

select * from final
