"""Equipment past its service life."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="expired_equipment_pct",
    system="facilities",
    name_zh="超期服役器材占比",
    name_en="Equipment past its service life",
    unit="%",
    direction="down",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("equipment",),
    formula_zh="季末超期服役器材数 ÷ 季末在位器材数 × 100",
    formula_en="Devices past their service life at the end of the quarter / devices in place * 100",
    method_zh="在位与超期的口径同器材完好率：安装日加使用年限不晚于季末为超期；拆除日期不详的不计。",
    method_en=(
        "In place and past its life as for the equipment in working order: the day of installing plus the service "
        "life lies on or before the end of the quarter; removed on an unknown day: not counted."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=100.0,
    target=Target(
        0.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=20,
    part="equipment_kind",
)
