"""Vocational certificates awarded."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="vocational_certificate_count",
    system="research",
    name_zh="职业技能鉴定人数",
    name_en="Vocational certificates awarded",
    unit="persons",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("vocational_certificate",),
    formula_zh="当月发证人数",
    formula_en="Certificates awarded in the month",
    method_zh=("按发证日期归月，只计已发证；同一人多次获证按证书计；最早一两个月不含更早鉴定、当时发证的，偏低。"),
    method_en=(
        "By the month of the award; a person with two certificates counts twice; the first month or two lack "
        "awards of earlier appraisals and read low."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    place=Place(
        "research",
        0,
        200,
        "million",
        "0至演示省水平的约两倍（每年每百万人证书数）",
        "0 to about twice the demo province, certificates a million residents and year",
    ),
    part="vocational_occupation",
    decimals=0,
)
