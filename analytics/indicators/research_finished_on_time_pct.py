"""Research projects finished in time."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="research_finished_on_time_pct",
    system="research",
    name_zh="课题按期结题率",
    name_en="Projects finished in time",
    unit="%",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年结题且不晚于应结题日期的课题数 ÷ 当年结题课题数 × 100",
    formula_en="Projects finished in the year by the day they were due / projects finished in the year * 100",
    method_zh="按结题日期归年；尚未结题的逾期课题不在内，见课题逾期率。",
    method_en=("By the year of finishing; projects overdue and not finished are not in it, see projects overdue."),
    source_zh="本局自设的过程指标，不在平台指标清单之内",
    source_en="The bureau's own measure of the process, beside the indicator list of the platform",
    factor=100.0,
    least_count=5,
    part="research_kind",
)
