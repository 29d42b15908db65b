"""Outdoor equipment in working order."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="equipment_intact_pct",
    system="facilities",
    name_zh="器材完好率",
    name_en="Outdoor equipment in working order",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("equipment", "repair_order"),
    formula_zh="月末无未修复报修且未超期服役的器材 ÷ 月末在位器材 × 100",
    formula_en=(
        "Devices within their life and without an open ticket at the end of the month / devices in place * 100"
    ),
    method_zh=(
        "在位：已安装且未拆除（拆除日期不详的不计）；超期：安装日加使用年限已到；未修复：已报修、月末（北京时间）未修"
        "好、未被驳回。停用登记没有日期，不作依据。"
    ),
    method_en=(
        "In place: installed and not removed (removed on an unknown day: not counted). Past its life: the day of "
        "installing plus the service life has come. Open ticket: reported, not rejected, not repaired by the end of "
        "the month (China time). The state out of service has no date and decides nothing."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=100.0,
    target=Target(
        95.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "service",
        80,
        100,
        "",
        "比2024年全省抽查结果（91%）低约十个百分点，至全部完好",
        "ten points below the 91 % that a check of the province found in 2024, to all",
    ),
    least_count=20,
    part="equipment_kind",
)
