"""Spending per yuan of subsidy."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="voucher_leverage_ratio",
    system="industry",
    name_zh="消费补贴撬动比",
    name_en="Spend induced per yuan of subsidy",
    unit="ratio",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("consumption",),
    formula_zh="当月用券交易个人实付 ÷ 当月补贴金额",
    formula_en="Paid by persons in purchases with a voucher / subsidy in them",
    method_zh=(
        "只计补贴大于0的交易，两项均乘抽样权数；按支付时间（北京时间）归月。只是比值，不是补贴带来的净增消费：未"
        "用券也会发生的消费同样计入。"
    ),
    method_en=(
        "Only purchases with a subsidy, both sums with the sample weight; by month of payment (China time). It "
        "is a ratio, not a net effect: what would have been bought without a voucher counts too."
    ),
    source_zh="本平台业务监测指标清单（体育产业）",
    source_en="Indicator list of the platform, industry",
    target=Target(
        4.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "industry", 2.0, 6.0, "", "服务目标（4）的一半至1.5倍", "half of, and one and a half times, the target of 4"
    ),
    least_count=200000,
    part="consumption_category",
    decimals=2,
)
