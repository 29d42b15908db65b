-- Funding and number of the research projects that began in each year, by kind.
with final as (
    select
        p.region_code,
        y.year as period,
        p.kind_code as part_code,
        sum(p.funded_cny::decimal(28, 6)) as numerator,
        count(*) as denominator
    from (select distinct year from marts.mart_month) as y
    inner join core.research_project as p on y.year = strftime(p.start_on, '%Y')
    group by p.region_code, y.year, p.kind_code
)

select * from final
