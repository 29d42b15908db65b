select
    measure_code,
    month,
    numerator,
    denominator,
    value
from marts.mart_plan_target
order by measure_code, month
