-- What a deviation consists of: the areas and parts of an indicator in a region, by period.
select
    period,
    "by",
    code,
    actual,
    expected,
    contribution,
    share
from marts.mart_indicator_reason
where indicator_code = $code and region_code = $region and list_contains($periods, period)
order by period desc, "by" asc, abs(share) desc, code asc
