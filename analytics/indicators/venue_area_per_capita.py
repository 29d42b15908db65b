"""Venue area per resident."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="venue_area_per_capita",
    system="facilities",
    name_zh="人均体育场地面积",
    name_en="Venue area per resident",
    unit="m2/person",
    direction="up",
    area="county",
    period="year",
    combination="per_resident",
    accumulation="stock",
    inputs=("venue", "population"),
    formula_zh="年末已建成且开放的场地面积 ÷ 常住人口",
    formula_en="Area of open venues built by the end of the year / residents",
    method_zh=(
        "场地只知开放年份：按该年年末计，年份未填的各年都计；状态为“开放”（未填视为开放），人口取最近一次人口普查。已"
        "关闭场地的关闭日期未登记，往年不含后来关闭的场地；未填面积的不计面积。"
    ),
    method_en=(
        "Of a venue only the year of its opening is known, so it counts from the end of that year, one without a year "
        "in every year; open venues (no state counts as open); residents of the last census. Days of closing are not "
        "on record, so earlier years lack what closed later; a venue without an area adds nothing."
    ),
    source_zh="全国体育场地统计调查制度：人均体育场地面积",
    source_en="National system of statistics on sports venues: venue area per resident",
    target=Target(
        4.2,
        2025,
        "plan",
        "构建更高水平公共服务体系三年行动（人均4.2平方米）",
        "Three-year action for a better public service system: 4.2 square metres a resident",
    ),
    place=Place(
        "mass",
        2.5,
        5.0,
        "",
        "全国2021年水平（2.41平方米）至略高于2024年先进区水平（4.81平方米）",
        "about the nation of 2021 (2.41) to above a best district of 2024 (4.81)",
    ),
    part="venue_category",
    decimals=2,
)
