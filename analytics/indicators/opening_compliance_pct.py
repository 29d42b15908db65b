"""Public venues that meet the opening rule."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="opening_compliance_pct",
    system="facilities",
    name_zh="开放时长达标率",
    name_en="Public venues meeting the opening rule (35 h a week, 330 days a year)",
    unit="%",
    direction="up",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("venue",),
    formula_zh="每周开放不少于35小时且全年不少于330天的公共场馆数 ÷ 公共场馆数 × 100",
    formula_en="Public venues open 35 hours a week and 330 days a year / public venues * 100",
    method_zh=(
        "公共场馆：产权为事业单位且状态为开放；场地只知开放年份，故只算各年第四季度与最新季度（年份未填的都计），开放"
        "时间取现登记值：周小时为各月平均，全年天数按每周开放的天数推算，不计节假日；未填或读不懂的不算达标。"
    ),
    method_en=(
        "Public venues: owned by a public institution and open. Only the year of opening is known (a venue without "
        "one counts always): measured for each fourth quarter and the newest one, with the hours that are on record "
        "today: hours of a normal week (mean of the months), days of the year by the weekdays on which it opens, "
        "holidays aside; missing or unreadable hours do not meet the rule."
    ),
    source_zh="大型体育场馆免费或低收费开放的要求：每周不少于35小时、全年不少于330天",
    source_en=(
        "Rule for large public venues that open free or at a low fee: at least 35 hours a week and 330 days a year"
    ),
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "service",
        60,
        100,
        "",
        "开放要求适用于全部公共场馆；低于60%不得分",
        "rule of opening: all public venues; below 60 % scores nothing",
    ),
    least_count=10,
    part="venue_category",
)
