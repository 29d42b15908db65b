-- Information systems in use and not exempt at the end of each month and those in the cloud, by theme.
with final as (
    select
        system.region_code,
        m.month as period,
        system.theme as part_code,
        count(*) filter (where system.moved_to_cloud_on <= m.ended_on) as numerator,
        count(*) as denominator
    from marts.mart_month as m
    inner join core.system_register as system on system.went_live_on <= m.ended_on and not system.is_exempt
    group by system.region_code, m.month, system.theme
)

select * from final
