-- Scores of the deliveries of each month over all datasets, for cities and the province.
with final as (
    select
        quality.region_code,
        quality.month as period,
        quality.score as value,
        quality.failed_count as numerator,
        quality.row_count as denominator
    from marts.mart_quality as quality
    inner join core.region as region
        on quality.region_code = region.region_code and region.level in ('city', 'province')
    inner join marts.mart_month as m on quality.month = m.month
    where quality.dataset = 'all' and quality.score is not null
)

select * from final
