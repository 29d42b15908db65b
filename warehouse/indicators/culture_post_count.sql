-- Posts of the channels of the bureaus in each month, by bureau and kind of channel.
with final as (
    select
        region_code,
        month as period,
        channel_kind_code as part_code,
        sum(post_count) as numerator
    from core.culture_visit
    group by region_code, month, channel_kind_code
)

select * from final
