"""Public venues open free or at a low fee."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="free_low_fee_share_pct",
    system="facilities",
    name_zh="免费低收费开放率",
    name_en="Public venues open free or at low fee",
    unit="%",
    direction="up",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("venue",),
    formula_zh="免费或低收费开放的公共场馆数 ÷ 公共场馆数 × 100",
    formula_en="Public venues open free or at a low fee / public venues * 100",
    method_zh=(
        "公共场馆：产权为事业单位且状态为开放；场地只知开放年份，故只算各年第四季度与最新季度（年份未填的都计），收费"
        "方式取现登记值；未填收费方式的不算免费低收费。"
    ),
    method_en=(
        "Public venues: owned by a public institution and open. Only the year of opening is known (a venue without "
        "one counts always): measured for each fourth quarter and the newest one, with the fee that is on record "
        "today; a venue without one does not count as free."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=100.0,
    place=Place(
        "service",
        70,
        100,
        "",
        "低于70%即难言尽到公共场馆的义务；最好为全部",
        "below 70 % the duty of public venues is hardly kept; all of them at best",
    ),
    least_count=10,
    part="venue_category",
)
