"""Research projects running."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="research_project_count",
    system="research",
    name_zh="在研课题数",
    name_en="Research projects running",
    unit="projects",
    direction="up",
    area="city",
    period="quarter",
    combination="sum",
    accumulation="stock",
    inputs=("research_project",),
    formula_zh="季末在研课题数",
    formula_en="Projects begun by the end of the quarter and not finished by then",
    method_zh=("按立项与结题日期重建季末状态；已终止课题没有终止日期，各期均不计；按承担单位所在市和研究领域计。"),
    method_en=(
        "Rebuilt from the days of beginning and finishing; projects that were terminated have no day of it and "
        "count in no period; by city of the unit and field."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    place=Place(
        "research",
        0,
        20,
        "million",
        "0至略高于科研单位最集中的省会（演示数据为每百万人约14项）",
        "0 to above the capital, where most institutes are: some 14 running projects a million residents in the demo",
    ),
    part="research_field",
    decimals=0,
)
