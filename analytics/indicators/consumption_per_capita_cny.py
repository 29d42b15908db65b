"""Sports consumption per resident."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="consumption_per_capita_cny",
    system="industry",
    name_zh="人均体育消费",
    name_en="Sports consumption per resident",
    unit="CNY/person",
    direction="up",
    area="city",
    period="year",
    combination="per_resident",
    accumulation="flow",
    inputs=("consumption", "population"),
    formula_zh="当年抽样交易个人实付 × 抽样权数之和 ÷ 常住人口",
    formula_en="Sum of what persons paid * sample weight over the year / residents",
    method_zh=(
        "个人实付不含补贴；按支付时间（北京时间）归年、按县区归市；只计数据从1月起完整的年份，最新年未满12个月时"
        "为暂计；人口取最近一次人口普查。"
    ),
    method_en=(
        "Payments without subsidies, by the year of payment (China time) and the city of the county; only years "
        "held from January on, the newest is provisional until it is over; residents of the last census."
    ),
    source_zh="江苏省“十四五”体育产业发展规划",
    source_en="Sports industry plan of Jiangsu for the 14th five-year period (2021-2025)",
    target=Target(
        3500.0,
        2025,
        "plan",
        "江苏省“十四五”体育产业发展规划（人均体育消费3500元）",
        "Sports industry plan of Jiangsu for the 14th five-year period (2021-2025): 3,500 yuan a resident",
    ),
    place=Place("industry", 0, 7000, "", "0至规划目标（3500元）的两倍", "0 to twice the plan's target of 3,500 yuan"),
    part="consumption_category",
    decimals=0,
)
