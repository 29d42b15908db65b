"""How figures of indicators are written: values with units, periods, changes with sign and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal

from analytics.indicator import Indicator
from analytics.period import kind_of
from components.monitoring_state import Change
from components.numbers import LOCALES, MISSING, show_count, show_number, show_percent
from kernel.units import unit_words
from kernel.words import t

# From here on a figure is written in three digits: 12.3万, 123k.
LARGE = 100_000.0
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUS = "\N{MINUS SIGN}"
# Shares that lack anything are never written as all.
ALMOST_ALL = 0.999


def value_words(indicator: Indicator, value: float | None, lang: str) -> str:
    """Return a value as cards show it, without its unit; a dash where there is none."""
    if value is None:
        return MISSING
    if abs(value) >= LARGE:
        return show_count(value, lang).replace("-", MINUS)
    # Whole counts show no decimals, even where medals that are shared make halves.
    is_whole = indicator.combination == "sum" and float(value).is_integer()
    digits = 0 if is_whole else indicator.decimals
    return show_number(value, lang, digits=digits).replace("-", MINUS)


def unit_of(indicator: Indicator, lang: str) -> str:
    """Return the unit of an indicator in words."""
    return unit_words(indicator.unit, lang)


def with_unit(indicator: Indicator, value: float | None, lang: str) -> str:
    """Return a value with its unit: ``93.8%``, ``4.2 m² per resident``."""
    unit = unit_of(indicator, lang)
    gap = "" if unit == "%" or not unit or (lang == "zh" and not unit[0].isascii()) else " "
    return f"{value_words(indicator, value, lang)}{gap}{unit}" if value is not None else MISSING


def quality_words(row: Mapping[str, Any], lang: str) -> str:
    """Return how sound a figure is; of one that lacks deliveries also how much came in: ``部分交付（已到96.6%）``."""
    words, delivered = t(f"monitoring.quality_{row['quality']}", lang), row.get("delivered")
    if delivered is None or not 0 < delivered < 1:
        return words
    share = show_percent(min(delivered, ALMOST_ALL), lang)
    return t("monitoring.quality_share", lang, quality=words, share=share)


def signed(indicator: Indicator, value: float, lang: str) -> str:
    """Return a difference with its sign, ``±0`` for none."""
    words = value_words(indicator, abs(value), lang)
    if not any(digit in words for digit in "123456789"):
        return f"±{words}"
    return f"{'+' if value > 0 else MINUS}{words}"


def share_words(share: float, lang: str) -> str:
    """Return a share with its sign: ``+12.3%``; times where it is more than tenfold: ``×12``."""
    if share >= 9:
        return f"×{show_number(share + 1, lang, digits=0)}"
    sign = "±" if abs(share) < LEAST_SHARE else "+" if share > 0 else MINUS
    return f"{sign}{format_decimal(abs(share) * 100, format='#,##0.0', locale=LOCALES[lang])}%"


LEAST_SHARE = 5e-4


def change_words(indicator: Indicator, change: Change, lang: str) -> str:
    """Return a change: points of a percentage, share of anything else; the difference where the base is zero."""
    if indicator.unit == "%":
        sign = MINUS if change.difference < 0 else "+"
        digits = max(indicator.decimals, 1)
        amount = show_number(abs(change.difference), lang, digits=digits)
        is_none = not any(digit in amount for digit in "123456789")
        return t("monitoring.points", lang, amount=f"{'±' if is_none else sign}{amount}")
    if abs(change.base) < 1e-9:
        return signed(indicator, change.difference, lang)
    return share_words(change.difference / abs(change.base), lang)


def period_words(period: str, lang: str) -> str:
    """Return a period in words: 2026年10月, Oct 2026; 2026年四季度, Q4 2026; 2026年, 2026."""
    kind, year = kind_of(period), period[:4]
    if kind == "year":
        return t("monitoring.period_year", lang, year=year)
    if kind == "quarter":
        return t(f"monitoring.period_q{period[-1]}", lang, year=year)
    if kind == "week":
        return t("monitoring.period_week", lang, year=year, week=int(period[-2:]))
    month = int(period[5:7])
    name = MONTHS_EN[month - 1] if lang == "en" else str(month)
    if kind == "month":
        return t("monitoring.period_month", lang, year=year, month=name)
    day = t("monitoring.period_day", lang, year=year, month=name, day=int(period[8:10]))
    return day if kind == "day" else f"{day} {period[11:13]}:00"


def listed(names: Sequence[str], lang: str, *, most: int = 3) -> str:
    """Return names in one line, the rest as a count."""
    joined = ("、" if lang == "zh" else ", ").join(names[:most])
    return joined if len(names) <= most else t("monitoring.and_more", lang, names=joined, count=len(names) - most)


def name_of(indicator: Indicator, lang: str) -> str:
    """Return the name of an indicator."""
    return indicator.name_en if lang == "en" else indicator.name_zh
