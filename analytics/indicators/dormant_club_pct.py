"""Clubs that failed the annual check or held no event in a year."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="dormant_club_pct",
    system="mass",
    name_zh="休眠组织占比",
    name_en="Clubs that failed the annual check or held no event in a year",
    unit="%",
    direction="down",
    area="county",
    period="year",
    combination="ratio",
    accumulation="stock",
    inputs=("club", "event"),
    formula_zh="休眠组织数 ÷ 成立满一年的组织数 × 100",
    formula_en="Dormant organisations / organisations a year old and older * 100",
    method_zh=(
        "休眠：截至年末（最新一年截至最新月末）的12个月未主办已举办的赛事活动，或当年年检不合格、未参检；年检只留最近"
        "一次结果，往年只看活动；前12个月活动数据不全的年份不算。只有协会、俱乐部主办的赛事活动填报主办组织，基层组织少有填报，故为上限。"
    ),
    method_en=(
        "Dormant: no event held in the twelve months up to the end of the year (of the newest year: of the newest "
        "month), or the check of that year failed or not taken. Only the newest check is on record, so earlier years "
        "go by events alone; years without twelve months of events are left out. Events name a club only where an "
        "association or a club organised them, and groups at the grass roots report few: an upper bound."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=100.0,
    least_count=10,
    part="club_kind",
)
