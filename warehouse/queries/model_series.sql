-- The register of models: one row an indicator and area that the account may see.
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
    order by indicator_code, region_code
)

select * from final
