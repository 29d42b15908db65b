-- Targets of some indicators in a region: how likely they are reached, or whether they were.
select
    indicator_code,
    target_kind,
    target_value,
    due_year,
    outcome,
    latest_period,
    latest_value,
    gap,
    expected_year,
    expected_value,
    low,
    high,
    reach_probability,
    method
from marts.mart_indicator_target
where list_contains($codes, indicator_code) and region_code = $region
order by indicator_code
