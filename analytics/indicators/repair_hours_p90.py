"""Hours from report to repair, 90th percentile."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="repair_hours_p90",
    system="facilities",
    name_zh="报修办结时长P90",
    name_en="90th percentile of hours from report to repair",
    unit="h",
    direction="down",
    area="county",
    period="month",
    combination="own",
    accumulation="flow",
    inputs=("repair_order",),
    formula_zh="当月修复的报修从报修到修复小时数的第90百分位",
    formula_en="90th percentile of the hours from report to repair of the tickets repaired in the month",
    method_zh=(
        "按修复月份（北京时间）归月，线性插值分位数；每级区域分别计算，不由下级汇总；分母为修复件数；未修复与驳回的不"
        "计。"
    ),
    method_en=(
        "By month of the repair (China time), quantile with linear interpolation; each level by itself, its "
        "denominator counts repairs; tickets not repaired or rejected are left out."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    target=Target(
        72.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "service",
        168,
        24,
        "",
        "从一周到一天；服务目标为三天",
        "from a week to a day; the target of service lies at three days",
    ),
    least_count=10,
)
