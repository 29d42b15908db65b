-- Targets of some indicators in a region: how likely they are reached, or whether they were.
select *
from marts.mart_indicator_target
where list_contains($codes, indicator_code) and region_code = $region
order by indicator_code
