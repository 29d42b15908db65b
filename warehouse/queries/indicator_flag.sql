-- Unusual figures of some indicators in some regions, the newest first.
select
    indicator_code,
    region_code,
    period,
    kind,
    expected,
    actual,
    score,
    is_certain,
    rank_in_period,
    is_shown,
    collapsed_into
from marts.mart_indicator_flag
where
    list_contains($codes, indicator_code)
    and ($regions is null or list_contains($regions, region_code))
    and period >= $since
order by period desc, abs(score) desc, indicator_code, region_code, kind
