"""Cases due for a revisit."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="revisit_due_count",
    system="market",
    name_zh="待复查案件数",
    name_en="Cases due for revisit",
    unit="cases",
    direction="down",
    area="county",
    period="week",
    combination="sum",
    accumulation="stock",
    inputs=("market_inspection",),
    formula_zh="周末已到应复查日期而尚未复查的案件数",
    formula_en="Cases whose revisit was due by the end of the week and had not been made",
    method_zh=(
        "按 ISO 周（周一至周日）重建周末状态：应复查日期不晚于周日（最新周为最新月末）且当时尚未复查；案件已办结"
        "而未复查的仍计入；没有的周为0；按主要违规类型分。"
    ),
    method_en=(
        "The state at the end of each ISO week (Monday to Sunday) is rebuilt: due by Sunday (in the newest week "
        "by the end of the newest month) and not yet revisited; a case that closed without its revisit still "
        "counts; weeks without one are 0; by main violation."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    target=Target(
        0.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    part="market_violation",
    decimals=0,
)
