-- Athletes on the register at the end of each quarter by city of origin, by sex.
with final as (
    select
        athlete.region_code,
        quarter_end.quarter as period,
        athlete.sex_code as part_code,
        count(*) as numerator
    from marts.mart_month as quarter_end
    inner join core.athlete as athlete
        on
            athlete.registered_on <= quarter_end.ended_on
            and (athlete.left_on is null or athlete.left_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end and athlete.status <> 'trial'
    group by athlete.region_code, quarter_end.quarter, athlete.sex_code
)

select * from final
