-- One sports organisation, of the deliveries that stand.
-- key: club_id
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
        lat,
        batch_id
    from curated.club
)

select * from final
