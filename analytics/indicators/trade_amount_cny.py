"""Volume of resource trading."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="trade_amount_cny",
    system="industry",
    name_zh="资源交易额",
    name_en="Resource trading volume",
    unit="CNY",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("resource_trade",),
    formula_zh="当月成交项目成交价之和",
    formula_en="Sum of the amounts of the deals of the month",
    method_zh="状态为“已成交”的项目按成交日期归月；没有成交的月份为0。最早几个月不含更早挂牌的项目，略偏低。",
    method_en=(
        "Deals by the month in which they were closed; months without a deal are 0. The first months lack what "
        "was listed before the data begin and read a little low."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    part="trade_kind",
    decimals=0,
)
