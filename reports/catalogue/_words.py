"""What was chosen, in words: venues that count, hour, fee, minutes and area."""

from __future__ import annotations

from kernel.categories import CATEGORIES
from kernel.words import t
from reports.export import Asked
from warehouse.queries.venue_filter import VenueFilter

SEPARATOR = " · "


def filter_words(venue_filter: VenueFilter, lang: str) -> str:
    """Return which venues count: every category by name, fee, hour and schools."""
    named = [t(f"sport.category_{code}", lang) for code in CATEGORIES if code in venue_filter.categories]
    parts = [t("export.list_join", lang).join(named) or t("map.categories_all", lang)]
    parts.append(t(f"export.fee_{venue_filter.fee_code}", lang))
    if venue_filter.at is not None:
        at = venue_filter.at
        parts.append(
            t(
                "export.open_at",
                lang,
                weekday=t(f"export.weekday_{at.weekday}", lang),
                time=f"{at.minute // 60:02d}:{at.minute % 60:02d}",
                month=at.month,
            )
        )
    if not venue_filter.schools:
        parts.append(t("export.without_schools", lang))
    return SEPARATOR.join(parts)


def choice_words(asked: Asked, area: str) -> str:
    """Return area, minutes and filter of an export."""
    minutes = t("map.minutes", asked.lang, minutes=asked.minutes)
    return SEPARATOR.join([area, minutes, filter_words(asked.venue_filter, asked.lang)])
