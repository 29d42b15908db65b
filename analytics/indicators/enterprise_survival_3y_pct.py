"""Units alive three years after founding."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="enterprise_survival_3y_pct",
    system="industry",
    name_zh="企业三年存活率",
    name_en="Units alive three years after founding",
    unit="%",
    direction="up",
    area="city",
    period="year",
    combination="own",
    accumulation="stock",
    inputs=("enterprise",),
    formula_zh="Kaplan-Meier 生存函数在36个月处的取值 × 100",
    formula_en="Kaplan-Meier survival function at 36 months * 100",
    method_zh=(
        "年末（最新年为最新月末）前60个月内成立的单位，观察到当时：已注销的为终止，存续的为删失；36个月按1096天计"
        "，含当天。各级区域分别估计；分母为单位数，分子为其中36个月内已注销数。名录若缺失早已注销的单位，结果会偏"
        "高。"
    ),
    method_en=(
        "Units founded in the 60 months before the year's end (of the newest year: the newest month's), followed "
        "until then: closed ones end, open ones are censored; 36 months are 1,096 days, that day included. Each "
        "level is estimated by itself; the denominator counts units, the numerator those known to have closed "
        "within 36 months. A register that lacks units closed long ago reads too high."
    ),
    source_zh=(
        "Kaplan 与 Meier（1958）《Nonparametric estimation from incomplete observations》，《美国统计协会会刊》第53卷"
    ),
    source_en="Kaplan and Meier (1958), Nonparametric estimation from incomplete observations, JASA 53",
    place=Place(
        "industry",
        40.0,
        90.0,
        "",
        "以演示数据假定的63%为中心，上下大致相等",
        "around the 63 % that the demo assumes, as far up as down",
    ),
    least_count=30,
)
