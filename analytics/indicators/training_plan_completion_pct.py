"""Training sessions done against plan."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="training_plan_completion_pct",
    system="elite",
    name_zh="训练计划完成率",
    name_en="Training sessions done against plan",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("training_session",),
    formula_zh="当月已完成训练课次 ÷ 当月计划训练课次 × 100",
    formula_en="Sessions done in the month / sessions planned in the month * 100",
    method_zh=(
        "每名运动员每次训练课一条；状态“已完成”为完成，“缺课”计入计划。"
        "按开始时间（北京时间）归月，按运动员输送地归市。仅含已记录训练的运动员。"
    ),
    method_en=(
        "One row an athlete and session; done counts as done, missed as planned only. By month of the start (China "
        "time) and city of origin. Only athletes whose training is recorded."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    factor=100.0,
    target=Target(
        95.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=50,
    part="session_kind",
)
