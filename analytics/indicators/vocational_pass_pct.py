"""Pass share of vocational appraisals."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="vocational_pass_pct",
    system="research",
    name_zh="鉴定通过率",
    name_en="Vocational appraisal pass share",
    unit="%",
    direction="up",
    area="city",
    period="quarter",
    combination="ratio",
    accumulation="flow",
    inputs=("vocational_certificate",),
    formula_zh="当季通过鉴定人次 ÷ 当季参加鉴定人次 × 100",
    formula_en="Appraisals passed / appraisals taken in the quarter * 100",
    method_zh="按鉴定日期归季，理论与实操均合格为通过；数据从季度首月起完整的季度才计。",
    method_en=(
        "By the day of the appraisal, passed in theory and practice; only quarters that the data hold from their "
        "first month on."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    factor=100.0,
    least_count=20,
    part="vocational_occupation",
)
