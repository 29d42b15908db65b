select
    indicator_code,
    due_year,
    expected_value,
    reach_probability
from marts.mart_indicator_target
where region_code = $region
order by indicator_code
