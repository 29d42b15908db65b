"""Hours since the last accepted delivery."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="exchange_lag_hours",
    system="infrastructure",
    name_zh="数据交换时延",
    name_en="Hours since the last accepted delivery",
    unit="h",
    direction="down",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("exchange_log", "sensor"),
    formula_zh="每日24时距最近一次被接收报送的小时数，月为各日平均",
    formula_en="Hours from the last accepted delivery to the end of the day; months: mean of their days",
    method_zh=(
        "被接收：签名有效且有行入库；各市一个节点，省为各市平均；分子为秒数，分母为节点天数；日值保留最近100天；算到"
        "最近有报送或终端在线的一天。按月报送的数据，时延在两次报送之间逐日累加，24小时的目标要求各市每天都有报送。"
    ),
    method_en=(
        "Accepted: the signature holds and rows were taken. One node a city, the province is their mean; the "
        "numerator counts seconds, the denominator days of nodes. Days: the newest hundred, up to the newest day "
        "with a delivery or a device seen. Where deliveries are monthly the hours add up between them: the target "
        "of 24 hours asks for one every day."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=1 / 3600,
    target=Target(
        24.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=1,
    fine_period="day",
)
