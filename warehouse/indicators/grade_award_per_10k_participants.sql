-- Technical grades awarded per 10 000 event participants, by city and year.
with final as (
    select
        award.region_code,
        year_end.year as period,
        count(*) as numerator,
        0 as denominator
    from core.grade_award as award
    inner join marts.mart_month as year_end on strftime(award.awarded_on, '%Y') = year_end.year
    where year_end.is_year_end and year_end.is_in_whole_year and award.grade_code <> 'grade_3'
    group by award.region_code, year_end.year
    union all
    select
        region_code,
        year as period,
        0 as numerator,
        participant_count as denominator
    from marts.mart_event_year
)

select * from final
