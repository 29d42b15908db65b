select
    f.indicator_code,
    f.period,
    f.q05,
    f.q50,
    f.q95
from marts.mart_indicator_forecast as f
inner join marts.mart_indicator_model as m
    on f.indicator_code = m.indicator_code and f.region_code = m.region_code and m.state in ('shown', 'trend')
where f.region_code = $region
order by f.indicator_code, f.period
