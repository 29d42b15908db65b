"""Output of the sports industry."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="industry_output_100m_cny",
    system="industry",
    name_zh="体育产业总产出",
    name_en="Sports industry total output",
    unit="100m CNY",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="flow",
    inputs=("industry_account",),
    formula_zh="当年各产业大类总产出之和 ÷ 10⁸",
    formula_en="Sum of the output of all main classes in the year / 10⁸",
    method_zh=(
        "只计两位大类代码的核算行；各市相加为全省；取最新修订数，初步核算数另列不计。规划目标 7200 亿元是全省合计"
        "，单个城市不适用。"
    ),
    method_en=(
        "Rows of two-digit main classes only; cities add up to the province; the newest revision counts, first "
        "figures do not. The plan's 7,200 is one of the whole province, not of a city."
    ),
    source_zh="江苏省“十四五”体育发展规划",
    source_en="Sports development plan of Jiangsu for the 14th five-year period (2021-2025)",
    factor=1e-8,
    target=Target(
        7200.0,
        2025,
        "plan",
        "江苏省“十四五”体育发展规划（全省合计）",
        "Sports development plan of Jiangsu for the 14th five-year period (2021-2025); of the whole province",
    ),
    place=Place(
        "industry",
        0,
        200,
        "million",
        "0至全省规划目标（8500万人7200亿元）的约两倍",
        "0 to about twice the province's plan target of 7,200 for 85 million residents",
    ),
    part="industry_class",
    decimals=1,
)
