"""Technical grades awarded."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="grade_award_count",
    system="elite",
    name_zh="技术等级授予人数",
    name_en="Technical grades awarded (grade 2 or better)",
    unit="persons",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("grade_award",),
    formula_zh="当月授予二级及以上技术等级的人次",
    formula_en="Awards of grade 2 or better in the month",
    method_zh=(
        "按授予日期归月，含国际级运动健将、运动健将、一级、二级；三级不计。"
        "同一人当月获两个等级计两次（来源不含可公开的个人标识）。"
    ),
    method_en=(
        "By day of the award: international master, master, grades 1 and 2; grade 3 does not count. Two grades of a "
        "person in a month count twice: who was awarded is not served."
    ),
    source_zh="《运动员技术等级管理办法》的等级名称；口径见方法",
    source_en=(
        "Names of the grades from the Measures for the Administration of Athletes' Technical Grades; what "
        "counts as in the method"
    ),
    place=Place(
        "elite",
        0.0,
        100.0,
        "million",
        "0至演示省水平（每年每百万人40—50人次）的约两倍",
        "0 to about twice the demo province's 40 to 50 awards a year per million residents",
    ),
    part="technical_grade",
    decimals=0,
)
