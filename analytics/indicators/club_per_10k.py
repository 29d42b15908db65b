"""Clubs and organisations per 10 000 residents."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="club_per_10k",
    system="mass",
    name_zh="每万人体育社会组织",
    name_en="Clubs and organisations per 10 000 residents",
    unit="clubs/10k",
    direction="up",
    area="county",
    period="quarter",
    combination="per_resident",
    accumulation="stock",
    inputs=("club", "population"),
    formula_zh="季末体育社会组织数 ÷ 常住人口 × 10000",
    formula_en="Sports organisations founded by the end of the quarter / residents * 10000",
    method_zh=(
        "按成立日期，含协会、俱乐部、民办非企业、基金会与备案的基层组织；注销没有登记；人口取最近一次人口普查。"
    ),
    method_en=(
        "By the day of founding: associations, clubs, non-enterprise units, foundations and grass-roots groups; "
        "dissolutions are not on record; residents of the last census."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=10000.0,
    place=Place(
        "mass",
        1.0,
        4.0,
        "",
        "演示省水平（约2.2个）的约一半至近两倍",
        "about half of, and almost twice, the 2.2 of the demo province",
    ),
    part="club_kind",
    decimals=2,
)
