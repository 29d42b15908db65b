"""Mean of theta, damped smoothing and gradient."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_ets_gradient",
    name_zh="Theta、指数平滑与梯度提升均值",
    name_en="Mean of theta, smoothing and gradient",
    purpose_zh="季度序列历史满三年时使用，三者取均值。",
    purpose_en="For three years and more of quarters: the mean of three.",
    parts=("theta", "damped_ets", "gradient"),
    least_years=3.0,
)
