-- One row: one organisation, of the deliveries that stand.
-- key: club_id
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
        lat,
        batch_id
    from curated.youth_club
)

select * from final
