"""Physique test pass share, by the standard in force."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="fitness_pass_pct",
    system="mass",
    name_zh="国民体质合格率",
    name_en="Physique test pass share (with the standard's version)",
    unit="%",
    direction="up",
    area="county",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("fitness_test",),
    formula_zh="按当年施行标准达到合格以上的人数 ÷ 按该标准测试的人数 × 100",
    formula_en="People who passed by the standard in force / people tested by it * 100",
    method_zh=(
        "只算月份齐全的年份与最新一年；两版标准不混算：2023年及以前用2003年标准，2024年起用2023年修订标准，两段不可直"
        "接比较；目标93.8%按旧标准提出。"
    ),
    method_en=(
        "Years of which all months are held, and the newest one. The standards are never mixed: that of 2003 up to "
        "2023, the revised one from 2024 on; the two stretches cannot be compared, and the target of 93.8 % was set "
        "under the old one."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    factor=100.0,
    target=Target(
        93.8,
        2025,
        "plan",
        "江苏省“十四五”体育发展规划（按2003年标准提出）",
        "Sports development plan of Jiangsu for the 14th five-year period (2021-2025); set under the standard of 2003",
    ),
    place=Place(
        "mass",
        75,
        100,
        "",
        "低于按修订标准的全国水平（2025年84.9%），至全部合格",
        "below the nation by the revised standard (84.9 % in 2025), to all",
    ),
    least_count=30,
    part="physique_standard",
    is_private=True,
)
