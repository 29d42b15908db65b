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
    source="Indicator list of the platform, system of mass.",
    place=Place("mass", 0, 4.0, "", "visits of a year, 0 to about twice the best county of the demo province"),
    part="venue_category",
    decimals=3,
)
