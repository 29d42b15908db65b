"""Complaints per 10 000 enrolments."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="training_complaint_per_10k",
    system="mass",
    name_zh="培训投诉率",
    name_en="Complaints per 10 000 enrolments",
    unit="complaints/10k",
    direction="down",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("training_course",),
    formula_zh="当月开班课程的投诉数 ÷ 报名人数 × 10000",
    formula_en="Complaints about the courses that began in the month / people enrolled in them * 10000",
    method_zh="投诉计入课程开班月份与所在县（市、区），不论何时投诉；报名不足200人的月份标为样本少。",
    method_en=(
        "A complaint counts in the month in which its course began, whenever it came; months with fewer than 200 "
        "enrolments are flagged."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=10000.0,
    least_count=200,
    part="discipline",
)
