"""Venue visits per resident."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="venue_visits_per_capita",
    system="mass",
    name_zh="人均到馆次数",
    name_en="Venue visits per resident",
    unit="visits/person",
    direction="up",
    area="county",
    period="month",
    combination="per_resident",
    accumulation="flow",
    inputs=("venue_visit", "population"),
    formula_zh="当月场馆入场人次 ÷ 常住人口",
    formula_en="Entries to venues in the month / residents",
    method_zh="只含接入客流计数的场馆，按北京时间归月；人口取最近一次人口普查；未接入的场馆不计，故为下限。",
    method_en=(
        "Venues that count their visitors only, by month of China's clocks, residents of the last census: a lower "
        "bound, since most venues do not count."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    place=Place(
        "mass",
        0,
        2.5,
        "",
        "全年人次，0至略高于演示省最好的县（市、区）（2.0次）",
        "visits of a year, 0 to above the best county of the demo province (2.0)",
    ),
    part="venue_category",
    decimals=3,
)
