-- Research projects finished in each year and those finished by the day they were due, by kind.
with final as (
    select
        p.region_code,
        y.year as period,
        p.kind_code as part_code,
        count(*) filter (where p.finished_on <= p.due_on) as numerator,
        count(*) as denominator
    from (select distinct year from marts.mart_month) as y
    inner join core.research_project as p on y.year = strftime(p.finished_on, '%Y')
    where p.state = 'finished'
    group by p.region_code, y.year, p.kind_code
)

select * from final
