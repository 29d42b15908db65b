"""Mean of dynamic theta, damped smoothing and the seasonal profile."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_ets_profile",
    name_zh="Theta、指数平滑与季节轮廓均值",
    name_en="Mean of theta, smoothing and seasonal profile",
    purpose_zh="快速档：历史满三年的月度、周度序列使用，三者取均值。",
    purpose_en="The fast kind for three years and more of months or weeks: the mean of three.",
    parts=("dynamic_theta", "damped_ets", "seasonal_profile"),
    least_years=2.0,
)
