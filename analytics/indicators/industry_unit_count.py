"""Units of the sports industry in operation."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="industry_unit_count",
    system="industry",
    name_zh="体育产业单位数",
    name_en="Sports industry units in operation",
    unit="units",
    direction="up",
    area="county",
    period="quarter",
    combination="sum",
    accumulation="stock",
    inputs=("enterprise",),
    formula_zh="季末存续的体育产业单位数",
    formula_en="Units founded by the end of the quarter and not closed by then",
    method_zh=(
        "按成立日期与注销日期重建每季末状态：成立日期不晚于季末，且未注销或注销日期晚于季末；按所在县（市、区）和"
        "产业大类计。"
    ),
    method_en=(
        "The state at each quarter's end is rebuilt from the days of founding and closing: founded by then, not "
        "closed by then; by county and main class."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    place=Place(
        "industry",
        0,
        600,
        "million",
        "0至演示省水平（每百万人约270家）的约两倍",
        "0 to about twice the level of the demo province, which has some 270 units a million residents",
    ),
    part="industry_class",
    decimals=0,
)
