"""Research projects finished."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="research_finished_count",
    system="research",
    name_zh="结题课题数",
    name_en="Research projects finished",
    unit="projects",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年结题课题数",
    formula_en="Number of projects finished in the year",
    method_zh="状态为“已结题”的课题按结题日期归年；是课均论文数、成果转化率等的分母。",
    method_en=(
        "Projects with the state finished by the year of that day; the denominator of papers a project and of "
        "outputs in use."
    ),
    source_zh="本局自设的过程指标，不在平台指标清单之内",
    source_en="The bureau's own measure of the process, beside the indicator list of the platform",
    part="research_kind",
    decimals=0,
)
