"""Athletes with a real improvement."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="fitness_improved_pct",
    system="elite",
    name_zh="体能真实提升占比",
    name_en="Athletes with a real improvement (beyond typical error) in a quarter",
    unit="%",
    direction="up",
    area="city",
    period="quarter",
    combination="ratio",
    accumulation="flow",
    inputs=("athlete_test", "athlete"),
    formula_zh="当季体能真实提升的运动员 ÷ 当季有可比测试的运动员 × 100",
    formula_en="Athletes who really improved in the quarter / athletes with a comparable test in it * 100",
    method_zh=(
        "每名运动员每项取当季最后一次测试，与此前各季最近一次同项测试相比：变化（朝更好为正）÷（√2×典型误差）。"
        "各项之和 ÷ √项数大于 1.96 的，该运动员为真实提升；只测一项时即变化超过 1.96×√2×典型误差。"
        "30 米跑、T 型折返、体脂率越低越好，其余越高越好；血红蛋白、肌酸激酶、尿素反映负荷与健康，不计入体能。"
        "典型误差取当季最近所报，缺失取上次；都缺的不计。没有任何真实变化时，因偶然约 2.5% 被计为提升；"
        "季节起伏与成熟也会计入。"
    ),
    method_en=(
        "For each athlete and item the last test of the quarter is compared with the last one of the quarters "
        "before: change (positive towards better) / (sqrt(2) * typical error). An athlete whose sum over items / "
        "sqrt(items) is above 1.96 really improved; with one item that is a change of more than 1.96 * sqrt(2) * "
        "typical error. Less is better for the 30 m sprint, the T-test and body fat, more for the others; "
        "haemoglobin, creatine kinase and urea show strain and health, no fitness. The typical error is the last one "
        "reported in the quarter, else that of the test before; without either the pair is left out. Where nothing "
        "really changes about 2.5 % count as improved by chance; the season and growing up count as well."
    ),
    source_zh=(
        "超出典型误差的真实变化：Hopkins（2000），《Sports Medicine》30(1)，1—15；各项合并（Stouffer 法）为本平台自定"
    ),
    source_en=(
        "Real change beyond typical error: Hopkins (2000), Sports Medicine 30(1), 1-15; taking items "
        "together (Stouffer's sum) is our own definition"
    ),
    factor=100.0,
    place=Place(
        "elite",
        2.5,
        20.0,
        "",
        "从纯属偶然的水平至演示省通常水平（10%）的约两倍",
        "from what chance alone gives to about twice the demo province's usual 10 %",
    ),
    least_count=5,
    is_private=True,
)
