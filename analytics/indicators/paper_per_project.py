"""Papers per finished project."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="paper_per_project",
    system="research",
    name_zh="课均论文数",
    name_en="Papers per finished project",
    unit="papers/project",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年结题课题的论文数 ÷ 当年结题课题数",
    formula_en="Papers of the projects finished in the year / projects finished in the year",
    method_zh="论文按课题的结题年度计，不按发表年度（数据没有发表日期）。",
    method_en=(
        "Papers count in the year in which their project finished, not that of publication (the data have no such day)."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    place=Place(
        "research",
        0.0,
        4.0,
        "",
        "0至演示数据结题课题水平的约两倍",
        "none, to about twice what finished projects of the demo have",
    ),
    least_count=5,
    part="research_field",
    decimals=2,
)
