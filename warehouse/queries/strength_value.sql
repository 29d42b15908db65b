-- Figures of the indicators that have a place in the strength index, in all areas of one level.
with

final as (
    select
        figure.indicator_code,
        figure.region_code,
        figure.period,
        figure.numerator,
        figure.denominator,
        figure.value,
        figure.quality,
        figure.delivered
    from marts.mart_indicator as figure
    inner join core.region as region on figure.region_code = region.region_code
    where
        region.level = $level
        and list_contains($codes, figure.indicator_code)
    order by figure.indicator_code, figure.region_code, figure.period
)

select * from final
