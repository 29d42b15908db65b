"""Units with a low market credit score."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="credit_low_unit_pct",
    system="market",
    name_zh="低信用单位占比",
    name_en="Units with a low market credit score",
    unit="%",
    direction="down",
    area="county",
    period="quarter",
    combination="ratio",
    accumulation="stock",
    inputs=("enterprise", "market_inspection"),
    formula_zh="信用分低于60的存续单位数 ÷ 季末存续单位数 × 100",
    formula_en="Open units with a score below 60 / open units at the end of the quarter * 100",
    method_zh=(
        "信用分 = 100 − 截至季末24个月内扣分：每个问题5分；每次检查按主要违规另扣——无证或超范围、救生员不足、水质"
        "不达标20分，预付费、保险10分，其余5分；同一单位再次被查出问题，每次再扣10分。低于60分为低信用；未被检查"
        "的单位为100分。从有完整24个月检查数据的季度起算。分值为本平台所定，不是法定信用评价。"
    ),
    method_en=(
        "Score = 100 − points of the 24 months up to the quarter's end: 5 a violation; for the main one of each "
        "inspection 20 (no licence, lifeguards, water), 10 (prepaid cards, insurance) or 5 (others); 10 more for "
        "each further inspection of the unit that found one. Below 60 is low; a unit never inspected has 100. It "
        "begins with the first quarter that has 24 whole months. The points are this platform's, not a legal "
        "rating."
    ),
    source_zh="本平台按违规数量、轻重与重犯自定的计分，见方法",
    source_en="The platform's own score of violations, their severity and their repetition; see the method",
    factor=100.0,
    least_count=50,
    part="industry_class",
    decimals=2,
)
