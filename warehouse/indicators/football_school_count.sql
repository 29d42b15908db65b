-- Campus football schools at the end of each year, by city.
with final as (
    select
        school.region_code,
        year_end.year as period,
        count(*) as numerator
    from marts.mart_month as year_end
    inner join core.youth_club as school
        on
            school.founded_on <= year_end.ended_on
            and (school.closed_on is null or school.closed_on > year_end.ended_on)
    where year_end.is_year_end and school.kind_code = 'campus_football_school'
    group by school.region_code, year_end.year
)

select * from final
