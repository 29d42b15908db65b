-- Public venues and those whose hours keep the rule: 35 hours a week and 330 days a year, by category.
with final as (
    select
        venue.region_code,
        year_end.quarter as period,
        venue.category_code as part_code,
        count(*) filter (where hours.week_hours >= 35 and hours.year_days >= 330) as numerator,
        count(*) as denominator
    -- Of a venue only the year of its opening is known, or not even that: the last quarter of each year, and the newest.
    from marts.mart_month as year_end
    inner join core.venue as venue on coalesce(venue.opened_year, 0) <= year_end.year::integer
    left join marts.mart_opening_pattern as hours on venue.opening_hours = hours.opening_hours
    where
        year_end.is_year_end
        and venue.owner_kind = 'public_institution'
        and coalesce(venue.status, 'open') = 'open'
    group by venue.region_code, year_end.quarter, venue.category_code
)

select * from final
