-- Open venues that were built by the end of each year, by category.
with final as (
    select
        venue.region_code,
        year_end.year as period,
        venue.category_code as part_code,
        count(*) as numerator
    from marts.mart_month as year_end
    -- A venue whose year is not known is told with those that were always there.
    inner join core.venue as venue on coalesce(venue.opened_year, 0) <= year_end.year::integer
    where year_end.is_year_end and coalesce(venue.status, 'open') = 'open'
    group by venue.region_code, year_end.year, venue.category_code
)

select * from final
