"""Mean of theta and gradient."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_gradient",
    name_zh="Theta 与梯度提升均值",
    name_en="Mean of theta and gradient",
    purpose_zh="历史满两年不足三年时使用。",
    purpose_en="For two to three years of history.",
    parts=("theta", "gradient"),
    least_years=2.0,
)
