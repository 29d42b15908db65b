"""Inspections done by the due date."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="inspection_on_time_pct",
    system="facilities",
    name_zh="巡检按期率",
    name_en="Inspections done by the due date",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("inspection",),
    formula_zh="当月应检且按期完成的巡检数 ÷ 当月应检数 × 100",
    formula_en="Inspections due in the month and done by then / inspections due in the month * 100",
    method_zh="按应检日期归月；实际巡检日期（北京时间）不晚于应检日期为按期，尚未巡检的计入分母。",
    method_en="By the month of the due date; done on or before it (China time) is on time, not done counts as late.",
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=100.0,
    target=Target(
        95.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=10,
    part="inspection_kind",
)
