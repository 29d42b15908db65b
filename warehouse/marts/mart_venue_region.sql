-- Open venues and their area in one county, city or province, by type and fee.
-- key: region_code, venue_type_code, fee_policy
-- sensitivity: open
with

venues as (
    select
        region_code,
        venue_type_code,
        coalesce(fee_policy, 'unknown') as fee_policy,
        area_m2
    from core.venue
    where coalesce(status, 'open') = 'open'
),

regions_above as (
    select
        region_code,
        above_code
    from core.region_above
),

-- Decimal sums do not depend on the order of the rows, so two builds of the same data agree to the last digit.
final as (
    select
        regions_above.above_code as region_code,
        venues.venue_type_code,
        venues.fee_policy,
        count(*) as venue_count,
        sum(venues.area_m2::decimal(18, 3))::double as area_m2
    from venues
    inner join regions_above on venues.region_code = regions_above.region_code
    group by all
)

select * from final
