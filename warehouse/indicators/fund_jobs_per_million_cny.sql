-- Jobs and money of the fund projects evaluated in each year, by kind of support.
with final as (
    select
        p.region_code,
        y.year as period,
        p.kind_code as part_code,
        sum(coalesce(p.jobs_count, 0)) as numerator,
        sum(p.granted_cny::decimal(28, 6)) as denominator
    from (select distinct year from marts.mart_month) as y
    inner join core.fund_project as p on y.year = strftime(p.evaluation_done_on, '%Y')
    group by p.region_code, y.year, p.kind_code
)

select * from final
