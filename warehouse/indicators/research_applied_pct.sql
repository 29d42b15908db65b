-- Research projects finished in each year and those with an output in use, by field.
with final as (
    select
        p.region_code,
        y.year as period,
        p.field_code as part_code,
        count(*) filter (where p.applied_count > 0) as numerator,
        count(*) as denominator
    from (select distinct year from marts.mart_month) as y
    inner join core.research_project as p on y.year = strftime(p.finished_on, '%Y')
    where p.state = 'finished'
    group by p.region_code, y.year, p.field_code
)

select * from final
