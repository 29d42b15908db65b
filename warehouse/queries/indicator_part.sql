-- Parts of an indicator in a region and some periods.
select
    period,
    part_code,
    numerator,
    denominator
from marts.mart_indicator_part
where indicator_code = $code and region_code = $region and list_contains($periods, period)
order by period, part_code
