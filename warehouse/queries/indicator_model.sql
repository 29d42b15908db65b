-- The model register: one line a series.
select
    indicator_code,
    state,
    model_code,
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
where list_contains($codes, indicator_code) and region_code = $region
order by indicator_code
