-- Athletes on the register and coaches in office at the end of each quarter, by city.
with final as (
    select
        region_code,
        quarter as period,
        athlete_count as numerator,
        0 as denominator
    from marts.mart_athlete_quarter
    union all
    select
        coach.region_code,
        quarter_end.quarter as period,
        0 as numerator,
        count(*) as denominator
    from marts.mart_month as quarter_end
    inner join core.coach as coach
        on
            coach.hired_on <= quarter_end.ended_on
            and (coach.left_on is null or coach.left_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end
    group by coach.region_code, quarter_end.quarter
)

select * from final
