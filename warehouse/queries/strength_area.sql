-- Areas of one level with their group of similar areas and what they are grouped by.
select
    region_code,
    group_code,
    feature_code,
    resident_count,
    density,
    gdp_per_resident
from marts.mart_peer_group
where level = $level
order by region_code
