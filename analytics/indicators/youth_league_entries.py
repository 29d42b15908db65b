"""Youth Sunshine League entries."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="youth_league_entries",
    system="events",
    name_zh="阳光联赛参赛人次",
    name_en="Youth Sunshine League entries",
    unit="person-times",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("youth_competition",),
    formula_zh="当月青少年阳光联赛报名参赛人次",
    formula_en="Entries in the Youth Sunshine League in the month",
    method_zh="每人每次报名一条，全部计入；按比赛日期归月，按选手所属县（市、区）归地区。",
    method_en="One row a person and entry, all count; by month of the competition and county of the entrant.",
    source_zh="本平台业务监测指标清单（赛事活动）",
    source_en="Indicator list of the platform, events",
    place=Place(
        "events",
        0.0,
        0.0018,
        "resident",
        "0至演示省水平（每年每千人0.9人次）的约两倍",
        "0 to about twice the demo province's 0.9 entries a year per 1000 residents",
    ),
    part="result_level",
    decimals=0,
)
