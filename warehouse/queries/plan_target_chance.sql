select
    *,
    coalesce(expected_year, due_year) as year
from marts.mart_indicator_target
where region_code = $region
order by indicator_code
