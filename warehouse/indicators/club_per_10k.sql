-- Clubs and organisations founded by the end of each quarter, by kind.
with final as (
    select
        club.region_code,
        quarter_end.quarter as period,
        club.kind_code as part_code,
        count(*) as numerator
    from marts.mart_month as quarter_end
    inner join core.club as club on club.founded_on <= quarter_end.ended_on
    where quarter_end.is_quarter_end
    group by club.region_code, quarter_end.quarter, club.kind_code
)

select * from final
