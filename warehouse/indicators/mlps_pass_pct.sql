-- Systems of level two and above at the end of each month and those with a valid assessment, by level.
with
filed as (
    select
        system.region_code,
        m.month,
        system.mlps_level,
        -- The register keeps the newest assessment only: what held before it is not known.
        coalesce(system.mlps_assessed_on <= m.ended_on, true) as is_known,
        coalesce(system.mlps_assessed_on <= m.ended_on and system.mlps_valid_until >= m.ended_on, false) as is_valid
    from marts.mart_month as m
    inner join core.system_register as system on system.went_live_on <= m.ended_on
    where try_cast(system.mlps_level as integer) >= 2
),

told_month as (
    select month
    from filed
    group by month
    having count(*) filter (where is_known) >= 0.5 * count(*)
),

final as (
    select
        filed.region_code,
        filed.month as period,
        filed.mlps_level as part_code,
        count(*) filter (where filed.is_valid) as numerator,
        count(*) as denominator
    from filed
    inner join told_month on filed.month = told_month.month
    where filed.is_known
    group by filed.region_code, filed.month, filed.mlps_level
)

select * from final
