"""Instructors per 1000 residents."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="instructor_per_1000",
    system="mass",
    name_zh="每千人社会体育指导员",
    name_en="Instructors per 1000 residents",
    unit="persons/1000",
    direction="up",
    area="county",
    period="quarter",
    combination="per_resident",
    accumulation="stock",
    inputs=("instructor", "population"),
    formula_zh="季末在册社会体育指导员人数 ÷ 常住人口 × 1000",
    formula_en="Instructors registered at the end of the quarter / residents * 1000",
    method_zh="登记日期不晚于季末且未在季末前终止的指导员；人口取最近一次人口普查。",
    method_en="Registered by the end of the quarter and not ended by then; residents of the last census.",
    source_zh="江苏省“十四五”体育发展规划",
    source_en="Sports development plan of Jiangsu for the 14th five-year period (2021-2025)",
    factor=1000.0,
    target=Target(
        3.6,
        2025,
        "plan",
        "江苏省“十四五”体育发展规划",
        "Sports development plan of Jiangsu for the 14th five-year period (2021-2025)",
    ),
    place=Place(
        "mass",
        2.0,
        5.0,
        "",
        "规划目标（3.6名）的一半稍多至约1.4倍",
        "a little more than half of, and 1.4 times, the plan's target of 3.6",
    ),
    part="instructor_grade",
    decimals=2,
)
