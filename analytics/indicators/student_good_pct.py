"""Pupils graded good or excellent."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="student_good_pct",
    system="elite",
    name_zh="学生体质优良率",
    name_en="Pupils graded good or excellent",
    unit="%",
    direction="up",
    area="county",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("student_fitness",),
    formula_zh="当年测试等级为良好或优秀的学生 ÷ 当年有等级的测试学生 × 100",
    formula_en="Pupils graded good or excellent / pupils tested and graded in the year * 100",
    method_zh=(
        "按测试日期的年份；无等级（缺项）的不计入分母。等级依《国家学生体质健康标准（2014年修订）》由报送数据给出。"
    ),
    method_en=(
        "By year of the test; pupils without a grade (an item is missing) do not count. Grades of the national "
        "student standard of 2014, as delivered."
    ),
    source_zh="《国家学生体质健康标准（2014年修订）》；优良率＝优秀率＋良好率",
    source_en=(
        "National Student Physical Fitness Standard (revised 2014); good or excellent are the two upper grades together"
    ),
    factor=100.0,
    target=Target(
        50.0,
        2025,
        "norm",
        "《健康中国行动（2019—2030年）》：2022年优良率达到50%及以上（未核对原文）",
        (
            "Healthy China Action (2019-2030): 50 % or more graded good or excellent by 2022 (not checked "
            "against the text)"
        ),
    ),
    place=Place(
        "service",
        20.0,
        60.0,
        "",
        "低于演示省最低的县（市、区）（31%），至健康中国行动2030年目标（60%）",
        "below the lowest county of the demo province (31 %) to what the Healthy China action wants by 2030 (60 %)",
    ),
    least_count=30,
    part="pupil_grade",
    is_private=True,
)
