"""Mean of theta and the seasonal profile."""

from analytics.forecast.model import Model

MODEL = Model(
    code="theta_profile",
    name_zh="Theta 与季节轮廓均值",
    name_en="Mean of theta and seasonal profile",
    purpose_zh="快速档：历史满两年不足三年时使用，两者取均值。",
    purpose_en="The fast kind for two to three years of history: the mean of two.",
    parts=("theta", "seasonal_profile"),
    least_years=2.0,
)
