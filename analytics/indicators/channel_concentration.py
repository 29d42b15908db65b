"""Concentration of reach over channels."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="channel_concentration",
    system="culture",
    name_zh="渠道集中度",
    name_en="Concentration of reach over channels (HHI)",
    unit="index",
    direction="down",
    area="city",
    period="month",
    combination="own",
    accumulation="flow",
    inputs=("culture_visit",),
    formula_zh="当月各类渠道阅读播放量占比的平方和",
    formula_en="Sum of the squared shares of the kinds of channels in the views of the month",
    method_zh=(
        "渠道按类型（网站、微信、短视频等）合并；1 为全部集中于一类，十类均等为 0.1。市、省各自计算，全省含省级账号。"
        "分子为渠道类型数，分母为阅读播放量。"
    ),
    method_en=(
        "Channels are taken together by kind (website, WeChat, short video ...); 1 is everything in one kind, 0.1 "
        "ten equal kinds. Cities and the province are measured each by itself, the province with its own channels. "
        "The numerator counts kinds, the denominator views."
    ),
    source_zh="赫芬达尔—赫希曼指数（按渠道类型）",
    source_en="Herfindahl-Hirschman index over kinds of channels",
    decimals=3,
)
