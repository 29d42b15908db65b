-- Public venues and those open free or at a low fee, by category.
with
quarter_end as (
    -- Of a venue only the year of its opening is known: the last quarter of each year, and the newest one.
    select
        quarter as period,
        year::integer as year
    from marts.mart_month
    where right(month, 2) = '12' or is_newest
),

final as (
    select
        venue.region_code,
        q.period,
        venue.category_code as part_code,
        count(*) filter (where venue.fee_policy in ('free', 'low')) as numerator,
        count(*) as denominator
    from quarter_end as q
    inner join core.venue as venue on venue.opened_year <= q.year
    where venue.owner_kind = 'public_institution' and coalesce(venue.status, 'open') = 'open'
    group by venue.region_code, q.period, venue.category_code
)

select * from final
