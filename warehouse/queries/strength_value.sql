-- Figures of the indicators that have a place in the strength index, in all areas of one level. A snapshot of an
-- earlier version does not say how much was delivered: there the name means what stands outside.
with

unknown as (select null::double as delivered),

final as (
    select figure.*
    from unknown
    cross join lateral (
        select
            own.indicator_code,
            own.region_code,
            own.period,
            own.numerator,
            own.denominator,
            own.value,
            own.quality,
            delivered
        from marts.mart_indicator as own
        inner join core.region as region on own.region_code = region.region_code
        where
            region.level = $level
            and list_contains($codes, own.indicator_code)
    ) as figure
    order by figure.indicator_code, figure.region_code, figure.period
)

select * from final
