-- Length of the trails that were opened by the end of each year, by kind.
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
        trail.region_code,
        y.period,
        trail.kind_code as part_code,
        sum(trail.length_km::decimal(18, 6)) as numerator
    from year_end as y
    inner join core.trail as trail on trail.opened_year <= y.year
    group by trail.region_code, y.period, trail.kind_code
)

select * from final
