"""Funding per research project."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="research_funding_per_project_cny",
    system="research",
    name_zh="课均经费",
    name_en="Funding per research project",
    unit="CNY/project",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年立项课题资助经费 ÷ 当年立项课题数",
    formula_en="Funding of the projects that began in the year / number of them",
    method_zh="与科研经费同口径；受课题级别构成影响，见按级别的分解。",
    method_en="As research funding; it follows the mix of kinds, see the parts.",
    source_zh="本局自设的过程指标，不在平台指标清单之内",
    source_en="The bureau's own measure of the process, beside the indicator list of the platform",
    least_count=5,
    part="research_kind",
    decimals=0,
)
