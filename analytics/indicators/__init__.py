"""The indicators, one module each; `analytics.indicator.indicators` finds them."""
