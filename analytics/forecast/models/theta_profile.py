"""Mean of theta and the seasonal profile."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_profile",
    name_zh="Theta 与季节轮廓均值",
    name_en="Mean of theta and seasonal profile",
    purpose_zh="快速档：历史满三年的月度、周度序列使用，两者取均值。",
    purpose_en="The fast kind for three years and more of months or weeks: the mean of two.",
    parts=("theta", "seasonal_profile"),
    least_years=2.0,
)
