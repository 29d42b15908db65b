"""High-risk sites inspected within a year."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="high_risk_inspected_pct",
    system="market",
    name_zh="高危项目检查覆盖率",
    name_en="High-risk sites inspected in the year",
    unit="%",
    direction="up",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("market_inspection", "enterprise"),
    formula_zh="近12个月内检查过的高危险性项目单位数 ÷ 季末存续的高危险性项目单位数 × 100",
    formula_en=(
        "Open high-risk sites inspected in the last 12 months / open high-risk sites at the end of the quarter * 100"
    ),
    method_zh=(
        "“年内”按截至季末（最新季为最新月末）的12个月计，使各季可比；分母为当时存续、经营高危险性体育项目的单位"
        "，新设不足12个月的也计入。从有完整12个月检查数据的季度起算。"
    ),
    method_en=(
        "In the year means the 12 months up to the quarter's end (of the newest: the newest month's), so that "
        "quarters compare; the denominator holds all units then open that run a high-risk sport, also those "
        "founded within the 12 months. It begins with the first quarter that has 12 whole months of inspections."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=3,
    part="high_risk_kind",
)
