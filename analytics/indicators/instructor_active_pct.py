"""Instructors with a service record in ninety days."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="instructor_active_pct",
    system="mass",
    name_zh="指导员活跃率",
    name_en="Instructors with a service record in 90 days",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("instructor_service", "instructor"),
    formula_zh="近90天有服务记录的指导员 ÷ 月末在册指导员 × 100",
    formula_en=(
        "Instructors with a service record in the 90 days up to the end of the month / registered instructors * 100"
    ),
    method_zh=(
        "按月末倒推90天（含月末，北京时间）；在册：已登记且未终止；区域取指导员登记地；某月未报送时随后两个月也偏低；"
        "年度值为各月平均。"
    ),
    method_en=(
        "The 90 days that end with the month (China time); registered and not ended by then; area of the "
        "instructor's registration. A month that was not delivered lowers the two after it as well; the year is the "
        "mean of its months."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=100.0,
    place=Place(
        "service",
        0,
        20,
        "",
        "0至演示省最新月份水平的约两倍",
        "nobody, to about twice the newest month of the demo province",
    ),
    least_count=20,
    part="instructor_grade",
)
