"""Mean of theta, unobserved components and gradient."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_uc_gradient",
    name_zh="Theta、不可观测成分与梯度提升均值",
    name_en="Mean of theta, unobserved components and gradient",
    purpose_zh="默认模型：历史满三年时三者取均值，任一失败则剔除并记录。",
    purpose_en="The default for three years and more: the mean of three; one that fails is left out and noted.",
    parts=("theta", "uc", "gradient"),
    least_years=3.0,
)
