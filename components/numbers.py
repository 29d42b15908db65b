"""The grammar of a number: how counts, shares, amounts and ages are written in each language."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent

LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
MISSING = "—"

# Chinese counts in myriads (万 1e4, 亿 1e8), English in thousands.
STEPS: dict[str, tuple[tuple[float, str], ...]] = {
    "zh": ((1, ""), (1e4, "万"), (1e8, "亿")),
    "en": ((1, ""), (1e3, "k"), (1e6, "M"), (1e9, "B")),
}


def show_count(value: float | None, lang: str) -> str:
    """Return a count in three significant digits: 1.23万, 3.12亿; 12.3k, 312M. ``—`` when there is none."""
    if value is None:
        return MISSING
    steps = STEPS[lang]
    place = max(index for index, (step, _) in enumerate(steps) if abs(value) >= step or index == 0)
    scaled = _three_digits(value / steps[place][0])
    # 99,999,999 reads 1亿, not 10000万: rounding may lift a number over the next step.
    if place + 1 < len(steps) and abs(scaled) * steps[place][0] >= steps[place + 1][0]:
        place += 1
        scaled = _three_digits(value / steps[place][0])
    if place == 0:
        scaled = round(scaled)
    return format_decimal(scaled, format="#,##0.##", locale=LOCALES[lang]) + steps[place][1]


def show_exact(value: float | None, lang: str) -> str:
    """Return a count with every digit: 84,748,016."""
    return MISSING if value is None else format_decimal(round(value), format="#,##0", locale=LOCALES[lang])


def show_number(value: float | None, lang: str, *, digits: int = 2) -> str:
    """Return a number with a fixed count of decimal places."""
    if value is None:
        return MISSING
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=LOCALES[lang])


def show_percent(share: float | None, lang: str, *, digits: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage."""
    if share is None:
        return MISSING
    pattern = "0." + "0" * digits + "%" if digits else "0%"
    return format_percent(share, format=pattern, locale=LOCALES[lang])


def show_age(age: timedelta, lang: str) -> str:
    """Return an age in its largest whole unit: 2小时, 3 days."""
    return format_timedelta(age, threshold=1.2, locale=LOCALES[lang])


def _three_digits(value: float) -> float:
    """Return a value in three significant digits, but with its whole part kept: 8475, not 8480."""
    return round(value, max(0, 3 - len(str(int(abs(value))))))
