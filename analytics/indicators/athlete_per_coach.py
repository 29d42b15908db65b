"""Athletes per coach."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="athlete_per_coach",
    system="elite",
    name_zh="教练员带训比",
    name_en="Athletes per coach",
    unit="athletes/coach",
    direction="target",
    area="city",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("athlete", "coach"),
    formula_zh="季末在册运动员人数 ÷ 季末在任教练员人数",
    formula_en="Athletes on the register / coaches in office, both at the end of the quarter",
    method_zh=(
        "运动员口径同在册运动员，按输送地归市；教练员为季末在任，按注册地归市。"
        "运动员可由外市教练带训，故市级比值反映输送与教练配置之比。"
    ),
    method_en=(
        "Athletes as in registered athletes, by city of origin; coaches in office at the end of the quarter, by city "
        "of registration. Athletes may train under a coach of another city, so the figure of a city compares what it "
        "sends with the coaches it registers."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    target=Target(
        8.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "elite",
        16.0,
        8.0,
        "",
        "为标准（8人）的两倍得0分，达到标准得100分；教练更多不再加分",
        "twice the norm of 8 athletes scores 0, the norm 100; more coaches than that add nothing",
    ),
    least_count=3,
)
