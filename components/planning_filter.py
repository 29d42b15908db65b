"""Which venues count, as controls: category, fee, weekday and hour, month, schools, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.attributes import attributes
from kernel.categories import CATEGORIES
from kernel.errors import UsageError
from kernel.words import t
from warehouse.queries.venue_filter import DEFAULT_MINUTES, DEFAULT_MONTH, MINUTES, VenueFilter, read_filter

ANY_DAY = "any"
DEFAULT_HOUR = "19:00"
# Half hours of the day that the page offers.
HOURS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(5, 24) for minute in (0, 30))
PARTS = ("minutes", "categories", "fee", "weekday", "time", "month")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the controls say: the venues that count and the minutes of the circle."""

    venue_filter: VenueFilter = field(default_factory=VenueFilter)
    minutes: int = DEFAULT_MINUTES

    @property
    def query(self) -> dict[str, str]:
        """The choice as parts of an address; `choice_of_address` is the way back."""
        return {"minutes": str(self.minutes), **self.venue_filter.query}


def controls(prefix: str) -> tuple[tuple[str, str], ...]:
    """Return id and property of each control of a page, in the order in which callbacks take them.

    Two pages must not share ids: Dash would run the callbacks of one when the controls of the other change.
    """
    return (*((f"{prefix}-{part}", "value") for part in PARTS), (f"{prefix}-schools", "checked"))


# Controls of the page that keeps the default prefix.
CONTROLS = controls("planning")


def choice_of_address(query: Mapping[str, str]) -> Choice:
    """Return the choice that an address asks for; what it says wrongly falls back to the default."""
    minutes = query.get("minutes", "")
    try:
        venue_filter = read_filter(query)
    except UsageError:
        venue_filter = VenueFilter()
    return Choice(venue_filter, int(minutes) if minutes in {str(known) for known in MINUTES} else DEFAULT_MINUTES)


def choice_of_controls(*values: Any) -> Choice:
    """Return the choice of the values of `controls`.

    Raises
    ------
    UsageError
        When the browser sent something that the controls cannot say.
    """
    minutes, categories, fee, weekday, time, month, schools = values
    if str(minutes) not in {str(known) for known in MINUTES} or not isinstance(categories, list | None):
        raise UsageError("There is no such circle.", fix="Use the controls of the page.")
    query = {"categories": ",".join(map(str, categories or ())), "fee": str(fee), "schools": "1" if schools else "0"}
    if weekday not in {None, ANY_DAY}:
        query |= {"at": f"{weekday}-{str(time).replace(':', '')}", "month": str(month)}
    return Choice(read_filter(query), int(minutes))


def choice_words(choice: Choice, lang: str) -> str:
    """Return what counts, in one line."""
    chosen = choice.venue_filter
    codes = [code for code in CATEGORIES if code in chosen.categories]
    parts = [
        t("planning.circle", lang, minutes=choice.minutes),
        t("map.categories_all", lang)
        if not codes
        else t(f"sport.category_{codes[0]}", lang)
        if len(codes) == 1
        else t("map.categories_several", lang, count=len(codes)),
        t(f"planning.fee_choice_{chosen.fee_code}", lang),
    ]
    if chosen.at is not None:
        time = f"{chosen.at.minute // 60:02d}:{chosen.at.minute % 60:02d}"
        day, month = t(f"planning.weekday_{chosen.at.weekday}", lang), t(f"planning.month_{chosen.at.month}", lang)
        parts.append(t("planning.open_at", lang, day=day, time=time, month=month))
    if not chosen.schools:
        parts.append(t("planning.no_schools", lang))
    return " · ".join(parts)


def filter_controls(choice: Choice, lang: str, *, prefix: str = "planning") -> html.Section:
    """Return the controls of a page, set to a choice; ``prefix`` begins their ids."""
    chosen = choice.venue_filter
    time = DEFAULT_HOUR if chosen.at is None else f"{chosen.at.minute // 60:02d}:{chosen.at.minute % 60:02d}"
    days = [ANY_DAY, *map(str, range(7))]
    return html.Section(
        [
            html.H2(t("planning.filter", lang), className="panel-title"),
            dmc.SegmentedControl(
                id=f"{prefix}-minutes",
                value=str(choice.minutes),
                data=[{"value": str(m), "label": t("map.minutes", lang, minutes=m)} for m in MINUTES],
                fullWidth=True,
                size="xs",
            ),
            dmc.MultiSelect(
                id=f"{prefix}-categories",
                value=[code for code in CATEGORIES if code in chosen.categories],
                data=[{"value": code, "label": t(f"sport.category_{code}", lang)} for code in CATEGORIES],
                placeholder=t("map.categories_all", lang),
                clearable=True,
                size="xs",
                **attributes(aria_label=t("map.categories", lang)),
            ),
            dmc.SegmentedControl(
                id=f"{prefix}-fee",
                value=chosen.fee_code,
                data=[{"value": fee, "label": t(f"planning.fee_choice_{fee}", lang)} for fee in ("all", "low", "free")],
                fullWidth=True,
                size="xs",
            ),
            html.Div(
                [
                    dmc.Select(
                        id=f"{prefix}-weekday",
                        value=ANY_DAY if chosen.at is None else str(chosen.at.weekday),
                        data=[{"value": day, "label": t(f"planning.weekday_{day}", lang)} for day in days],
                        allowDeselect=False,
                        size="xs",
                        label=t("planning.weekday", lang),
                    ),
                    dmc.Select(
                        id=f"{prefix}-time",
                        value=time,
                        data=sorted({*HOURS, time}),
                        allowDeselect=False,
                        size="xs",
                        label=t("planning.time", lang),
                    ),
                    dmc.Select(
                        id=f"{prefix}-month",
                        value=str(DEFAULT_MONTH if chosen.at is None else chosen.at.month),
                        data=[{"value": str(m), "label": t(f"planning.month_{m}", lang)} for m in range(1, 13)],
                        allowDeselect=False,
                        size="xs",
                        label=t("planning.month", lang),
                    ),
                ],
                className="planning-hours",
            ),
            dmc.Switch(id=f"{prefix}-schools", checked=chosen.schools, label=t("planning.schools", lang), size="xs"),
        ],
        className="panel-part",
    )
