select
    indicator_code,
    coalesce(expected_year, due_year) as year,
    reach_probability,
    reach_period,
    reach_early,
    reach_late
from marts.mart_indicator_target
where region_code = $region
order by indicator_code
