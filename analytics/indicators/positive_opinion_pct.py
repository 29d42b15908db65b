"""Share of posts with positive sentiment."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="positive_opinion_pct",
    system="culture",
    name_zh="正面舆情占比",
    name_en="Share of posts with positive sentiment",
    unit="%",
    direction="up",
    area="city",
    period="week",
    combination="ratio",
    accumulation="flow",
    inputs=("opinion_post",),
    formula_zh="当周正面帖文 ÷ 当周可判断情感的帖文 × 100",
    formula_en="Posts that praise / posts that praise or blame in the week * 100",
    method_zh=(
        "词表法：数出正面词与负面词的出现次数，正面词多为正面，负面词多为负面，相等（含都没有）不判断、不计入。"
        "“没有/没/不/无”（其后可有“太、够、很、怎么、那么”）加正面词按一次负面计。正面词："
        "赞、满意、方便、实惠、划算、值得、舒服、舒适、开心、高兴、喜欢、感谢、感动、贴心、周到、专业、热情、耐心、"
        "认真、干净、整洁、清澈、放心、安心、省心、精彩、幸福、顺畅、及时、热闹、给力、好用、不错、很好、太好、真好、"
        "很棒、一流、欢迎、公道、进步、漂亮、优秀、丰富。负面词：差评、太差、很差、失望、投诉、糟糕、恶劣、敷衍、"
        "崩溃、危险、隐患、受伤、乱收费、太贵、涨价、脏、臭、恶心、垃圾、生锈、老化、破损、坏了、没人、推诿、混乱、"
        "拥挤、不公、骂、吵、堵、烦、遗憾、后悔、气人、难受、刺鼻、浑、占用、占场、黄牛、拖了、太慢、很慢、担心、"
        "订不到、约不到、发不到、看不见、湿滑、坑坑洼洼、名存实亡。按发布时间（北京时间）归 ISO 周，涉及县（市、"
        "区）归市，涉及全省的只计入全省。词表未经人工标注检验，反讽与新词会误判，宜看变化，少看绝对值。"
    ),
    method_en=(
        "By word lists: words of praise and of blame are counted; more praise is positive, more blame negative, "
        "equal numbers (or none) are not classified and left out. A word of praise after 没有, 没, 不 or 无 (太, 够, "
        "很, 怎么, 那么 may stand between) counts as one of blame. The words stand in the Chinese text. By ISO week "
        "of posting (China time); counties count in their city, posts about the province in the province alone. The "
        "lists were not checked against labels by hand; irony and new words are misread: look at changes rather than "
        "at the level."
    ),
    source_zh="本平台自建词表，见方法",
    source_en="Own word lists of the platform, see the method",
    factor=100.0,
    place=Place(
        "culture",
        45.0,
        90.0,
        "",
        "演示省各市历年在63%—76%之间，两端留有余地",
        "the demo province's cities lie between 63 and 76 % over the years, with room on both sides",
    ),
    least_count=10,
    part="opinion_source",
)
