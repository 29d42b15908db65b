"""Mean of dynamic theta, damped smoothing, unobserved components and gradient."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_ets_uc_gradient",
    name_zh="Theta、指数平滑、不可观测成分与梯度提升均值",
    name_en="Mean of theta, smoothing, unobserved components and gradient",
    purpose_zh="默认模型：月度、周度序列历史满三年时四者取均值，任一失败则剔除并记录。",
    purpose_en="The default for three years and more of months or weeks: the mean of four; what fails is left out.",
    parts=("dynamic_theta", "damped_ets", "uc", "gradient"),
    least_years=3.0,
)
