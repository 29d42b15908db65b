"""How sure the shares of the circles page are: one line of 90 % intervals."""

from __future__ import annotations

import polars as pl
from dash import dcc, html

from components.icons import icon
from components.numbers import show_percent
from kernel.words import t


def sureness(frame: pl.DataFrame, lang: str) -> html.P | None:
    """Return the interval of each group in words, or None where nobody lives.

    Parameters
    ----------
    frame : DataFrame
        Rows of one region as from ``warehouse.queries.measures.coverage_interval``.
    lang : str
        Language.
    """
    found = [row for row in frame.iter_rows(named=True) if row["resident_count"]]
    if not found:
        return None
    parts = [
        t(
            "circles.interval",
            lang,
            group=t(f"planning.group_{row['group_code']}", lang),
            low=show_percent(row["low_count"] / row["resident_count"], lang),
            high=show_percent(row["high_count"] / row["resident_count"], lang),
        )
        for row in found
    ]
    more = dcc.Link(t("circles.intervals_why", lang), href="/planning/measures")
    words = f"{t('circles.intervals', lang)} {t('circles.interval_and', lang).join(parts)} "
    return html.P([icon("info-circle", size=16), html.Span([words, more])], className="circles-sureness")
