"""Exercise prescriptions completed."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="prescription_completion_pct",
    system="mass",
    name_zh="运动处方完成率",
    name_en="Exercise prescriptions completed",
    unit="%",
    direction="up",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="flow",
    inputs=("health_referral",),
    formula_zh="到期30天内完成的运动处方数 ÷ 到期满30天的运动处方数 × 100",
    formula_en="Prescriptions completed by the 30th day after they were due / prescriptions 30 days past due * 100",
    method_zh="按到期日后第30天所在季度归期，使每季度都已有结果；到期日未填的不计；中途退出计为未完成。",
    method_en=(
        "By the quarter of the 30th day after the due date, so that every quarter is decided; without a due date: "
        "not counted; dropped out is not completed."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=100.0,
    place=Place(
        "service",
        40,
        100,
        "",
        "低于演示省各县（市、区）水平（51%—86%），至全部完成",
        "below the demo province's counties (51 to 86 %), to all",
    ),
    least_count=20,
    is_private=True,
)
