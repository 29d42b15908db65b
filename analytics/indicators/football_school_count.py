"""Campus football schools."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="football_school_count",
    system="culture",
    name_zh="校园足球特色学校数",
    name_en="Campus football schools",
    unit="schools",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="stock",
    inputs=("youth_club",),
    formula_zh="年末校园足球特色学校数",
    formula_en="Campus football schools at the end of the year",
    method_zh="命名日期不晚于年末（当年取最近一个月末）且未撤牌的学校。",
    method_en=(
        "Schools named by the end of the year (of the current year: of the newest month) and not closed by then."
    ),
    source_zh="苏州市体育信息化规划附件：2018年校园足球特色学校累计198所（口径同）",
    source_en="Sports informatisation plan of Suzhou, annex: 198 campus football schools by 2018 (same definition)",
    place=Place(
        "culture",
        0.0,
        30.0,
        "million",
        "0至苏州2018年水平（198所，按每百万人计）的1.5倍",
        "0 to one and a half times what Suzhou had per million residents in 2018 (198 schools)",
    ),
    decimals=0,
)
