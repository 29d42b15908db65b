"""Fund projects on schedule."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="fund_on_schedule_pct",
    system="industry",
    name_zh="专项资金项目按期率",
    name_en="Fund projects on schedule",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("fund_project",),
    formula_zh="月末无逾期阶段的在建项目数 ÷ 月末在建项目数 × 100",
    formula_en=("Projects under way without an overdue stage / projects under way at the end of the month * 100"),
    method_zh=(
        "按各阶段应完成与完成日期重建月末状态：已下达且绩效评价未完成为在建；四个阶段中有应完成日期不晚于月末而当"
        "时尚未完成的，为逾期。逾期后补完成的阶段不再计逾期。"
    ),
    method_en=(
        "Rebuilt from the days of the stages: granted and not yet evaluated is under way; a stage due by the end "
        "of the month and not done by then is overdue. A stage done late is no longer overdue."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    factor=100.0,
    target=Target(
        90.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "industry",
        60.0,
        100.0,
        "",
        "全部按期得100分，十个有四个逾期得0分",
        "every project on schedule, down to where four of ten are late",
    ),
    least_count=5,
    part="fund_kind",
)
