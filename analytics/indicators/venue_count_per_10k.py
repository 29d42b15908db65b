"""Venues per 10 000 residents."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="venue_count_per_10k",
    system="facilities",
    name_zh="每万人体育场地数",
    name_en="Venues per 10 000 residents",
    unit="venues/10k",
    direction="up",
    area="county",
    period="year",
    combination="per_resident",
    accumulation="stock",
    inputs=("venue", "population"),
    formula_zh="年末已建成且开放的场地数 ÷ 常住人口 × 10000",
    formula_en="Open venues built by the end of the year / residents * 10000",
    method_zh=(
        "场地只知开放年份：按该年年末计，年份未填的各年都计；状态为“开放”（未填视为开放），人口取最近一次人口普查。一"
        "处场地一条登记，不折算片数。"
    ),
    method_en=(
        "Of a venue only the year of its opening is known, so it counts from the end of that year, one without a year "
        "in every year; open venues (no state counts as open); residents of the last census. One row of the register "
        "is one venue, however many courts it has."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=10000.0,
    place=Place(
        "mass",
        15,
        60,
        "",
        "全省2021年水平（33个：28.11万个场地、8475万人）的约一半至近两倍",
        "about half of, and almost twice, the province's 33 of 2021 (281 100 venues, 84.75 million residents)",
    ),
    part="venue_category",
)
