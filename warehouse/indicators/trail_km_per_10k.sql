-- Length of the trails that were opened by the end of each year, by kind.
with final as (
    select
        trail.region_code,
        year_end.year as period,
        trail.kind_code as part_code,
        sum(trail.length_km::decimal(18, 6)) as numerator
    from marts.mart_month as year_end
    inner join core.trail as trail on trail.opened_year <= year_end.year::integer
    where year_end.is_year_end
    group by trail.region_code, year_end.year, trail.kind_code
)

select * from final
