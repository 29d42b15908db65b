"""Smart venues that meet the checklist."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="smart_venue_count",
    system="infrastructure",
    name_zh="智慧场馆试点数",
    name_en="Smart venues meeting the checklist",
    unit="venues",
    direction="up",
    area="province",
    period="quarter",
    combination="sum",
    accumulation="stock",
    inputs=("smart_venue_system", "venue"),
    formula_zh="季末达到智慧场馆检查单门槛的场馆数",
    formula_en="Venues that reach the threshold of the checklist at the end of the quarter",
    method_zh=(
        "九类子系统按检查单计分；往季取季末前上线的子系统与现检查得分，最新季度含试运行的折算；全省合计，不分市。"
    ),
    method_en=(
        "Nine subsystems are scored by the checklist; earlier quarters take those live by their end with today's "
        "points, the newest takes those on trial with their share; one number for the province."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    target=Target(
        5.0,
        2025,
        "plan",
        "江苏省体育信息化规划第二部分（三）、专栏8",
        "Sports informatisation plan of Jiangsu, part 2 (3) and box 8",
    ),
    part="venue_category",
    decimals=0,
)
