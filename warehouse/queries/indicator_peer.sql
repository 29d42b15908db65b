-- Groups of similar areas.
select
    region_code,
    level,
    group_code,
    resident_count
from marts.mart_peer_group
order by region_code
