"""Jobs per million yuan granted."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="fund_jobs_per_million_cny",
    system="industry",
    name_zh="每百万资金带动就业",
    name_en="Jobs per million yuan granted",
    unit="jobs/1m CNY",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("fund_project",),
    formula_zh="当年完成绩效评价项目的带动就业人数 ÷ 其核定资金 × 10⁶",
    formula_en="Jobs of the projects evaluated in the year / what they were granted * 10⁶",
    method_zh="按绩效评价完成日期归年，此时就业人数已定；在建项目的就业人数尚在变化，不计。",
    method_en=(
        "By the year in which the project was evaluated, when its jobs are settled; those of projects under way "
        "still change and do not count."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    factor=1000000.0,
    least_count=5000000,
    part="fund_kind",
)
