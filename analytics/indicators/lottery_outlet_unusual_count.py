"""Outlets with unusual sales."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="lottery_outlet_unusual_count",
    system="industry",
    name_zh="体彩异常网点数",
    name_en="Outlets with unusual sales",
    unit="outlets",
    direction="down",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("lottery_sales",),
    formula_zh="当月 |稳健z| > 3.5 的网点数",
    formula_en="Outlets with |robust z| > 3.5 in the month",
    method_zh=(
        "网点水平 = ln(销量) − 同县（市、区）当月各网点 ln(销量) 的中位数，以消除季节、大赛及全县共同变动；z = ("
        "当月水平 − 该网点此前24个月水平的中位数) ÷ max(1.4826 × MAD, 0.05)；此前24个月内不足12个月的网点不判。销"
        "量不足1元按1元计；按主销玩法分类。异常不等于违规，只提示核查。"
    ),
    method_en=(
        "Level = ln(sales) − median of ln(sales) of the outlets of its county in the month, which removes "
        "seasons, tournaments and what moves the whole county; z = (level − median of the outlet's levels in the "
        "24 months before) / max(1.4826 * MAD, 0.05); outlets with fewer than 12 months in those 24 are not "
        "judged. Sales below 1 yuan count as 1; by the kind sold most. Unusual is not unlawful: it says where to "
        "look."
    ),
    source_zh="Iglewicz 与 Hoaglin（1993）《How to Detect and Handle Outliers》：修正 z 分数，界限 3.5",
    source_en="Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers: modified z-score with the limit 3.5",
    target=Target(
        0.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    part="lottery_product",
    decimals=0,
)
