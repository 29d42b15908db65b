"""Residents exercising regularly, as the physique tests find them."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="regular_exerciser_pct",
    system="mass",
    name_zh="经常参加体育锻炼人数比例",
    name_en="Residents exercising regularly",
    unit="%",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("fitness_test",),
    formula_zh="体质监测中经常参加锻炼的人数 ÷ 回答人数 × 100",
    formula_en="People tested who exercise regularly / people tested who answered * 100",
    method_zh=(
        "只算月份齐全的年份与最新一年；来自国民体质监测问询（实测样本，未加权），并非抽样调查，样本偏向到站监测的人；"
        "未回答的不计。"
    ),
    method_en=(
        "Years of which all months are held, and the newest one. From the question of the physique tests (measured, "
        "without weights), not from a survey: who comes to be tested is no random sample; no answer does not count."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=100.0,
    target=Target(
        43.0,
        2025,
        "plan",
        "江苏省“十四五”体育发展规划",
        "Sports development plan of Jiangsu for the 14th five-year period (2021-2025)",
    ),
    place=Place(
        "mass",
        30,
        50,
        "",
        "低于全省2019年水平（37.1%），至高于规划目标（43%）",
        "below the province of 2019 (37.1 %) to above the plan's 43 %",
    ),
    least_count=100,
    part="physique_age_group",
    is_private=True,
)
