"""Registered amateur youth athletes."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="youth_registered_count",
    system="elite",
    name_zh="业余注册运动员",
    name_en="Registered amateur youth athletes",
    unit="persons",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="stock",
    inputs=("youth_training",),
    formula_zh="当月参加业余训练的注册青少年人数",
    formula_en="Registered young people in amateur training in the month",
    method_zh=(
        "当月有业余训练记录且已注册的青少年，每人计一次；按训练所在县（市、区）归市。是当月人数，不可跨月相加。"
    ),
    method_en=(
        "Young people with a record of amateur training in the month who are registered, each once; by city of the "
        "county of training. A head count of the month: months do not add."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    place=Place(
        "elite",
        0.0,
        110.0,
        "million",
        "0至演示省水平（每百万人50—60人）的约两倍",
        "0 to about twice the demo province's 50 to 60 registered per million residents",
    ),
    part="youth_training_place",
    decimals=0,
)
