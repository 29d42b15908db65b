"""Athletes on the register."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="registered_athlete_count",
    system="elite",
    name_zh="在册运动员",
    name_en="Registered athletes",
    unit="persons",
    direction="up",
    area="city",
    period="quarter",
    combination="sum",
    accumulation="stock",
    inputs=("athlete",),
    formula_zh="季末在册运动员人数",
    formula_en="Athletes on the register at the end of the quarter",
    method_zh=(
        "注册日期不晚于季末且季末前（含当日）未离队；试训不计。按输送地归市；仅公布整市人数。离队、转出按离队日期判断。"
    ),
    method_en=(
        "Registered by the end of the quarter and not gone by then; athletes on trial do not count. By city of "
        "origin; only whole cities are shown. Who left is told by the day of leaving."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    place=Place(
        "elite",
        0.0,
        35.0,
        "million",
        "0至演示省水平（每百万人18人）的约两倍",
        "0 to about twice the demo province's 18 athletes per million residents",
    ),
    part="sex",
    decimals=0,
)
