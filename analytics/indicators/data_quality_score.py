"""Data quality score of deliveries."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="data_quality_score",
    system="infrastructure",
    name_zh="数据质量得分",
    name_en="Data quality score of deliveries",
    unit="score",
    direction="up",
    area="city",
    period="month",
    combination="own",
    accumulation="flow",
    inputs=("exchange_log",),
    formula_zh="当月各数据集质量得分的平均（0—100）",
    formula_en="Mean over the datasets of the month's quality scores (0 to 100)",
    method_zh="得分按六个维度计算，见数据质量页；各级分别计分，不由下级汇总；分子为未通过的检查数（一行可有多项未通过），分母为当月行数。",
    method_en=(
        "Scored in six dimensions, see the page on data quality; each level by itself. The numerator counts the "
        "checks that failed (a row may fail several), the denominator the rows of the month."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    target=Target(
        95.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=100,
)
