"""What comes next: forecasts of many short series with intervals that hold, or the reason why there is none."""

from analytics.forecast.model import Model
from analytics.forecast.panel import LEVELS, Outlook, Panel
from analytics.forecast.refresh import forecast, outlook

__all__ = ["LEVELS", "Model", "Outlook", "Panel", "forecast", "outlook"]
