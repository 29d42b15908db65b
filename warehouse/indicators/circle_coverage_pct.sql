-- Residents and those within ten minutes on foot of an open venue, by age band: the newest month and earlier Decembers.
with
newest as (
    -- By the streets where they were delivered; `network` comes before `straight`.
    select
        region_code,
        age_band_code,
        covered_count,
        resident_count,
        distance_kind = min(distance_kind) over () as is_best
    from marts.mart_coverage_region
    where category_code = 'all' and fee_code = 'all' and minute_count = 10
),

measured as (
    select
        newest.region_code,
        m.month,
        newest.age_band_code,
        newest.covered_count,
        newest.resident_count
    from newest
    cross join marts.mart_month as m
    where newest.is_best and m.is_newest
    union all
    select
        region_code,
        month,
        age_band_code,
        covered_count,
        resident_count
    from marts.mart_coverage_year
),

final as (
    select
        measured.region_code,
        measured.month as period,
        -- Where no ages were delivered, everybody is one row.
        nullif(measured.age_band_code, 'all') as part_code,
        measured.covered_count as numerator,
        measured.resident_count as denominator
    from measured
    inner join core.region as region on measured.region_code = region.region_code and region.level = 'county'
    where
        (measured.age_band_code <> 'all')
        = (select bool_or(banded.age_band_code <> 'all') from measured as banded)
)

select * from final
