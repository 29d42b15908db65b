"""Devices online."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="sensor_online_pct",
    system="infrastructure",
    name_zh="终端联网率",
    name_en="Devices online",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("sensor_reading", "sensor"),
    formula_zh="该小时有读数的终端 ÷ 在用的定时上报终端 × 100",
    formula_en="Devices heard from in the hour / devices in service that report by the clock * 100",
    method_zh=(
        "只算定时上报的终端（摄像机、闸机等不留读数）；读数标记为缺测的不算；月值为留存读数各小时的合计，最近在线时间"
        "不记录以往的掉线，故不倒推往月。"
    ),
    method_en=(
        "Devices that report by the clock (cameras and gates leave no readings); a reading marked as missing does "
        "not count. A month adds up the hours whose readings are kept; the time last seen tells nothing of earlier "
        "failures, so months before are not guessed."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=100.0,
    target=Target(
        95.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=10,
    part="sensor_kind",
    fine_period="hour",
)
