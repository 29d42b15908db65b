-- Figures of an indicator in a region by day or by hour, from an instant on.
select
    period,
    numerator,
    denominator,
    value,
    quality
from marts.mart_indicator_fine
where indicator_code = $code and region_code = $region and period >= $since
order by period
