-- Figures of some indicators in some regions (all where none are named), a period a row. A snapshot of an earlier
-- version does not say how much was delivered: there the name means what stands outside.
with

unknown as (select null::double as delivered),

final as (
    select figure.*
    from unknown
    cross join lateral (
        select
            indicator_code,
            region_code,
            period,
            numerator,
            denominator,
            value,
            quality,
            delivered
        from marts.mart_indicator
        where
            list_contains($codes, indicator_code)
            and ($regions is null or list_contains($regions, region_code))
    ) as figure
    order by figure.indicator_code, figure.region_code, figure.period
)

select * from final
