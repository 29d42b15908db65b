"""90th percentile of the days to close a case."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="case_close_days_p90",
    system="market",
    name_zh="案件办结天数P90",
    name_en="90th percentile of days to close a case",
    unit="days",
    direction="down",
    area="county",
    period="month",
    combination="own",
    accumulation="flow",
    inputs=("market_inspection",),
    formula_zh="当月办结案件从检查到办结天数的第90百分位数",
    formula_en="90th percentile of the days from inspection to closing of the cases closed in the month",
    method_zh=(
        "发现问题且已办结的案件，按办结日期归月；线性插值分位数；每级区域分别计算，不由下级汇总；分母为办结件数。"
        "尚未办结的案件不在内，积压时会偏低。"
    ),
    method_en=(
        "Cases with a violation by the month of closing; percentile with linear interpolation; each level by "
        "itself, the denominator counts cases. Open cases are not in it, so a backlog reads too low."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    target=Target(
        30.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=5,
)
