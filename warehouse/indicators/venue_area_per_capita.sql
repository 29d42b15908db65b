-- Area of the open venues that were built by the end of each year, by category.
with
year_end as (
    select
        year as period,
        year::integer as year
    from marts.mart_month
    where right(month, 2) = '12' or is_newest
),

final as (
    select
        venue.region_code,
        y.period,
        venue.category_code as part_code,
        sum(venue.area_m2::decimal(18, 2)) as numerator
    from year_end as y
    inner join core.venue as venue on venue.opened_year <= y.year
    where coalesce(venue.status, 'open') = 'open' and venue.area_m2 is not null
    group by venue.region_code, y.period, venue.category_code
)

select * from final
