"""Public venues with a device."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="sensor_coverage_pct",
    system="infrastructure",
    name_zh="末端感知覆盖率",
    name_en="Public venues with at least one sensor seen in 24 h",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("sensor", "venue", "sensor_reading"),
    formula_zh="有在用终端的公共场馆数 ÷ 公共场馆数 × 100",
    formula_en="Public venues with a device in service / public venues * 100",
    method_zh=(
        "公共场馆：产权为事业单位且状态为开放。月：按台账安装、停用日期，月末在用；日：当天有读数的终端，或不定时上报"
        "而当天及以后仍在线的终端，只算读数留存的日子。两者口径不同，目标按月。"
    ),
    method_en=(
        "Public venues: owned by a public institution and open. Months: devices in service on the last day by the "
        "register. Days: devices with a reading on the day, or, of those that do not report by the clock, seen on it "
        "or later, for as long as readings are kept. The two differ; the target goes by months."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=100.0,
    target=Target(
        30.0, 2025, "plan", "江苏省体育信息化规划第二部分（三）", "Sports informatisation plan of Jiangsu, part 2 (3)"
    ),
    place=Place("service", 0, 60, "", "0至规划目标的两倍", "nothing, to twice the plan's target"),
    least_count=10,
    part="venue_category",
    fine_period="day",
)
