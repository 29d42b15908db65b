"""Mean of theta and damped smoothing."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_ets",
    name_zh="Theta 与指数平滑均值",
    name_en="Mean of theta and smoothing",
    purpose_zh="快速档：历史满三年的季度序列使用，两者取均值。",
    purpose_en="The fast kind for three years and more of quarters: the mean of two.",
    parts=("theta", "damped_ets"),
    least_years=2.0,
)
