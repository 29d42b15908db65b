-- Research projects finished in each year, by kind.
with final as (
    select
        p.region_code,
        y.year as period,
        p.kind_code as part_code,
        count(*) as numerator
    from (select distinct year from marts.mart_month) as y
    inner join core.research_project as p on y.year = strftime(p.finished_on, '%Y')
    where p.state = 'finished'
    group by p.region_code, y.year, p.kind_code
)

select * from final
