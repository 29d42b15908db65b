"""Gold medals won at national level or above."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="gold_count",
    system="elite",
    name_zh="金牌数",
    name_en="Gold medals at national level or above",
    unit="medals",
    direction="up",
    area="city",
    period="year",
    combination="sum",
    accumulation="flow",
    inputs=("competition_result", "athlete"),
    formula_zh="全年在全国及以上比赛中获得的金牌数之和",
    formula_en="Number of gold medals won in the year in national, Asian, world and Olympic competitions",
    method_zh=(
        "赛事级别为全国、亚洲、世界、奥运会。两人以上获得的集体项目按一枚计，"
        "依本省该队获奖运动员人数均分到输送市（因此市级可有小数，各市之和等于全省）；个人项目每名运动员一枚。"
        "按运动员输送地归市。按比赛日期计入年度，起始月份不足全年的第一年不计。"
    ),
    method_en=(
        "National, Asian, world and Olympic competitions. A medal won by a team counts once and is shared equally by "
        "its athletes from here, so cities can have parts of a medal and add to the province; an athlete's own medal "
        "counts one. The city is that of the athlete's county of origin. By year of the competition; a first year of "
        "which only the last months are known is left out."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    place=Place(
        "elite",
        0.0,
        2.0,
        "million",
        "0至演示省历年均值的约两倍（每百万人）",
        "0 to about twice the mean of the demo province's years, per million residents",
    ),
    part="discipline",
    decimals=1,
)
