-- Forecasts of some indicators in a region: mean and quantiles.
select
    indicator_code,
    period,
    horizon,
    mean,
    q05,
    q25,
    q50,
    q75,
    q95
from marts.mart_indicator_forecast
where list_contains($codes, indicator_code) and region_code = $region
order by indicator_code, period
