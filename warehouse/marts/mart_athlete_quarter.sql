-- Athletes on the register at the end of each quarter, those on trial left out, by city of origin and sex.
-- key: region_code, quarter, sex_code
-- sensitivity: restricted
with final as (
    select
        athlete.region_code,
        quarter_end.quarter,
        athlete.sex_code,
        quarter_end.year,
        -- Whether the quarter ends a year that the build knows from its beginning.
        any_value(quarter_end.is_year_end and quarter_end.is_in_whole_year) as is_year_end,
        count(*) as athlete_count
    from marts.mart_month as quarter_end
    inner join core.athlete as athlete
        on
            athlete.registered_on <= quarter_end.ended_on
            and (athlete.left_on is null or athlete.left_on > quarter_end.ended_on)
    where quarter_end.is_quarter_end and athlete.status <> 'trial'
    group by athlete.region_code, quarter_end.quarter, athlete.sex_code, quarter_end.year
)

select * from final
