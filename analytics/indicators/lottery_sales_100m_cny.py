"""Sports lottery sales."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="lottery_sales_100m_cny",
    system="industry",
    name_zh="体彩销量",
    name_en="Sports lottery sales",
    unit="100m CNY",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("lottery_sales",),
    formula_zh="当月各网点体育彩票销量之和 ÷ 10⁸",
    formula_en="Sum of the sales of all outlets in the month / 10⁸",
    method_zh="取乐透数字型、竞猜型、即开型三类销量之和（数据合同要求与总销量相差不超过1元），按网点所在市计。",
    method_en=(
        "Lotto, betting and instant tickets together (the contract keeps them within one yuan of the total), by "
        "the city of the outlet."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    factor=1e-8,
    place=Place(
        "industry",
        0,
        10,
        "million",
        "0至全省每年每百万人销量的约两倍",
        "0 to about twice the sales of the province a million residents and year",
    ),
    part="lottery_product",
    decimals=3,
)
