"""Electricity per visit."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="energy_kwh_per_visit",
    system="infrastructure",
    name_zh="单位客流能耗",
    name_en="Electricity per visit",
    unit="kWh/visit",
    direction="down",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("energy", "venue_visit"),
    formula_zh="当月用电量 ÷ 当月入场人次",
    formula_en="Electricity / visits of the month",
    method_zh="只含当月同时有用电与客流记录的场馆，按北京时间归月；各场馆的月值另表列出。",
    method_en=(
        "Venues with both electricity and visits on record in the month (China time); the figures of each venue "
        "stand in a table of their own."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    least_count=100,
    part="venue_category",
    decimals=2,
)
