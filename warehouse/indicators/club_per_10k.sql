-- Clubs and organisations founded by the end of each quarter, by kind.
with
quarter_end as (
    select
        quarter as period,
        max(ended_on) as ended_on
    from marts.mart_month
    group by quarter
),

final as (
    select
        club.region_code,
        q.period,
        club.kind_code as part_code,
        count(*) as numerator
    from quarter_end as q
    inner join core.club as club on club.founded_on <= q.ended_on
    group by club.region_code, q.period, club.kind_code
)

select * from final
