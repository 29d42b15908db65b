"""Median days to decide a case."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="approval_days_median",
    system="market",
    name_zh="审批中位时长",
    name_en="Median days to decide",
    unit="days",
    direction="down",
    area="city",
    period="month",
    combination="own",
    accumulation="flow",
    inputs=("approval",),
    formula_zh="当月办结事项从受理到办结天数的中位数",
    formula_en="Median of the days from receipt to decision of the cases decided in the month",
    method_zh="按办结月份（北京时间）归月；每级区域分别取中位数，不由下级汇总；分母为办结件数。",
    method_en="By month of the decision (China time); each level has its own median, its denominator counts cases.",
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    target=Target(
        5.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=5,
)
