"""Systems with a valid classified-protection assessment."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="mlps_pass_pct",
    system="infrastructure",
    name_zh="等保测评有效率",
    name_en="Systems with a valid classified-protection assessment",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("system_register",),
    formula_zh="月末测评在有效期内的系统 ÷ 二级及以上系统 × 100",
    formula_en="Systems with a valid assessment at the end of the month / systems of level two and above * 100",
    method_zh=(
        "一级系统无须测评，不计；台账只留最近一次测评：测评日在月末之后的系统当月情况不明，不计入，已知不足一半的月份"
        "不算，故往月偏高。"
    ),
    method_en=(
        "Level one needs no assessment and is left out. Only the newest assessment is on record: systems assessed "
        "after the month's end are unknown for it and left out, months with less than half known are not shown; "
        "earlier months look better than they may have been."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=5,
    part="mlps_level",
)
