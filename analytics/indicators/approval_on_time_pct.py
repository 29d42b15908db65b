"""Approvals decided in time."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="approval_on_time_pct",
    system="market",
    name_zh="审批按时办结率",
    name_en="Approvals decided in time",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("approval",),
    formula_zh="当月办结且不晚于法定时限的件数 ÷ 当月办结件数 × 100",
    formula_en="Cases decided in the month by their time limit / cases decided in the month * 100",
    method_zh=("按办结时间（北京时间）归月，准予、不予和撤回都计；已过时限而尚未办结的不在内，办结时才计为逾期。"),
    method_en=(
        "By month of the decision (China time), whatever the result; a case past its limit counts as late only "
        "once it is decided."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=10,
    part="approval_kind",
)
