-- Athletes on the register at the end of each quarter by city of origin, by sex.
with final as (
    select
        region_code,
        quarter as period,
        sex_code as part_code,
        athlete_count as numerator
    from marts.mart_athlete_quarter
)

select * from final
