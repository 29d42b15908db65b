"""The axis of amounts beside a chart: marks that read as figures do elsewhere on the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from analytics.indicator import Indicator
from components.monitoring_figures import value_words

# About so many marks; steps are one, two or five times a power of ten.
MARKS = 5
STEPS = (1.0, 2.0, 5.0, 10.0)
# Smaller figures are written out by the chart itself; larger ones it would shorten to thousands, whatever the language.
SHORTENED = 10_000.0


def amount_axis(
    indicator: Indicator, values: Iterable[float | None], lang: str, *, is_from_zero: bool
) -> dict[str, Any]:
    """Return how an axis of amounts is marked: ``500万`` in Chinese where the chart alone would write ``5M``.

    Parameters
    ----------
    indicator : Indicator
        Whose figures are drawn, in its unit.
    values : iterable of float or None
        Everything that is drawn along the axis.
    lang : str
        Language.
    is_from_zero : bool
        Whether the axis begins at zero.
    """
    known = [float(value) for value in values if value is not None and math.isfinite(value)]
    axis: dict[str, Any] = {"nticks": 6, "automargin": True, **({"rangemode": "tozero"} if is_from_zero else {})}
    if not known or max(map(abs, known)) < SHORTENED:
        return axis
    low, high = min([*known, 0.0] if is_from_zero else known), max(known)
    rough = (high - low or abs(high)) / MARKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size for size in STEPS if size * power >= rough * (1 - 1e-9)) * power
    marks = [step * count for count in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return {**axis, "tickvals": marks, "ticktext": [value_words(indicator, mark, lang) for mark in marks]}
