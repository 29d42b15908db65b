-- One sports organisation or club.
-- key: club_id
-- sensitivity: open
with final as (
    select
        club_id,
        club_name,
        kind_code,
        region_code,
        discipline_code,
        founded_on,
        member_count,
        annual_check_year,
        annual_check_result,
        lon,
        lat
    from staging.stg_club
)

select * from final
