-- Youth sports organisation: one organisation.
-- key: club_id
-- sensitivity: open
with final as (
    select
        club_id,
        club_name,
        kind_code,
        region_code,
        discipline_code,
        member_count,
        founded_on,
        closed_on,
        lon,
        lat
    from staging.stg_youth_club
)

select * from final
