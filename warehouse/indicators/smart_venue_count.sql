-- Venues of the province that reach the threshold of the checklist at the end of each quarter, by category.
with
scored as (
    select
        year(score.quarter_end) || '-Q' || quarter(score.quarter_end) as period,
        above.above_code as region_code,
        venue.category_code,
        score.is_passing
    from marts.mart_smart_venue_score as score
    inner join core.venue as venue on score.venue_id = venue.venue_id
    inner join core.region_above as above on score.region_code = above.region_code
    inner join core.region as region on above.above_code = region.region_code and region.level = 'province'
),

final as (
    select
        region_code,
        period,
        category_code as part_code,
        count(*) filter (where is_passing) as numerator
    from scored
    where period in (select quarter from marts.mart_month)
    group by region_code, period, category_code
)

select * from final
