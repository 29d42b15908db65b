"""Days lost to injury per 1000 sessions."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="injury_days_per_1000_sessions",
    system="elite",
    name_zh="每千课时伤停天数",
    name_en="Days lost to injury per 1000 sessions",
    unit="days/1000",
    direction="down",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("training_session", "injury"),
    formula_zh="当月受伤所致停训天数之和 ÷ 当月完成训练课次 × 1000",
    formula_en="Days lost to injuries of the month / sessions done in the month * 1000",
    method_zh=(
        "停训天数计入受伤当月（未归队者计至最近一次报送）。只计当月或上月有训练记录的运动员，使分子、分母为同一批人。"
        "每条训练课记录为一课次。"
    ),
    method_en=(
        "Days lost count in the month of the injury, those of athletes not back yet as last reported. Only injuries "
        "of athletes with recorded sessions in that month or the one before, so that both counts are of the same "
        "people. One recorded session of an athlete is one."
    ),
    source_zh="运动损伤监测通行的“伤病负担”（每千课时停训天数）；计入哪些人为本平台自定",
    source_en=(
        "Rate of days lost per 1000 sessions, as in surveillance of sports injuries (injury burden); own "
        "definition of who counts"
    ),
    factor=1000.0,
    place=Place(
        "elite",
        120.0,
        0.0,
        "",
        "0天得100分；0分约为演示省通常水平（60天）的两倍",
        "0 days scores 100, about twice the demo province's usual 60 days 0",
    ),
    least_count=200,
)
