"""Patents."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="patent_count",
    system="research",
    name_zh="专利数",
    name_en="Patents",
    unit="patents",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年结题课题的专利数之和",
    formula_en="Patents of the projects finished in the year",
    method_zh="专利按课题的结题年度计（数据没有授权日期）；在研课题已有的专利到结题时才计。",
    method_en=(
        "Patents count in the year in which their project finished (the data have no day of grant); those of "
        "running projects count once they finish."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    place=Place(
        "research",
        0,
        4,
        "million",
        "0至略高于科研单位最集中的省会（演示数据为每年每百万人约2件）",
        "0 to above the capital, where most institutes are: about 2 patents a million residents and year in the demo",
    ),
    part="research_field",
    decimals=0,
)
