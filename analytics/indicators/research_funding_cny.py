"""Research funding."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="research_funding_cny",
    system="research",
    name_zh="科研经费",
    name_en="Research funding",
    unit="CNY",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年立项课题资助经费之和",
    formula_en="Sum of the funding of the projects that began in the year",
    method_zh="资助经费全额计入立项年度，不按执行进度分摊；后来终止的课题也计。",
    method_en=("The whole funding counts in the year in which a project began, also of projects terminated later."),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    place=Place(
        "research",
        0,
        0.7,
        "resident",
        "0至略高于科研单位最集中的省会（演示数据为每年每人0.3—0.5元）",
        "0 to above the capital, where most institutes are: 0.3 to 0.5 yuan a resident and year in the demo",
    ),
    part="research_kind",
    decimals=0,
)
