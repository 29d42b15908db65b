-- The register of models: one row an indicator and area that the account may see; of some of them where asked so.
with final as (
    select
        indicator_code,
        region_code,
        state,
        model_code,
        period_kind,
        first_period,
        last_period,
        observed_count,
        origin_count,
        mase,
        naive_mase,
        coverage_80,
        coverage_95,
        effort,
        note_code
    from marts.mart_indicator_model
    where
        ($codes is null or list_contains($codes::varchar[], indicator_code))
        and ($region is null or region_code = $region)
    order by indicator_code, region_code
)

select * from final
