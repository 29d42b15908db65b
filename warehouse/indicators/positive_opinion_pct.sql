-- Posts of each week that praise or blame and those of them that praise, by city and source.
with
-- What is not good is blamed.
said as (
    select
        region_code,
        source_code,
        make_timestamp(epoch_us(posted_at)) + interval 8 hour as posted_at,
        regexp_replace(
            text,
            '(没有|没|不|无)(太|够|很|怎么|那么)?(赞|满意|方便|实惠|划算|值得|舒服|舒适|开心|高兴|喜欢|感谢|感动|贴心|周到|专业|热情|耐心|认真|干净|整洁|清澈|放心|安心|省心|精彩|幸福|顺畅|及时|热闹|给力|好用|不错|很好|太好|真好|很棒|一流|欢迎|公道|进步|漂亮|优秀|丰富)',
            '差评',
            'g'
        ) as text
    from core.opinion_post
),

worded as (
    select
        region_code,
        source_code,
        posted_at,
        len(regexp_extract_all(text, '赞|满意|方便|实惠|划算|值得|舒服|舒适|开心|高兴|喜欢|感谢|感动|贴心|周到|专业|热情|耐心|认真|干净|整洁|清澈|放心|安心|省心|精彩|幸福|顺畅|及时|热闹|给力|好用|不错|很好|太好|真好|很棒|一流|欢迎|公道|进步|漂亮|优秀|丰富'))
            as praise_count,
        len(regexp_extract_all(text, '差评|太差|很差|失望|投诉|糟糕|恶劣|敷衍|崩溃|危险|隐患|受伤|乱收费|太贵|涨价|脏|臭|恶心|垃圾|生锈|老化|破损|坏了|没人|推诿|混乱|拥挤|不公|骂|吵|堵|烦|遗憾|后悔|气人|难受|刺鼻|浑|占用|占场|黄牛|拖了|太慢|很慢|担心|订不到|约不到|发不到|看不见|湿滑|坑坑洼洼|名存实亡'))
            as blame_count
    from said
),

final as (
    -- Posts about the whole province count for it alone.
    select
        worded.region_code,
        strftime(worded.posted_at, '%G-W%V') as period,
        worded.source_code as part_code,
        count(*) filter (where worded.praise_count > worded.blame_count) as numerator,
        count(*) as denominator
    from worded
    where worded.praise_count <> worded.blame_count
    group by worded.region_code, strftime(worded.posted_at, '%G-W%V'), worded.source_code
)

select * from final
