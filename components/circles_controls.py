"""The conditions of the circles page: area, minutes, sports, fee, day and hour, schools; and questions to try."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.circles_choice import NONE, CirclesChoice, clock_words
from components.planning_filter import ANY_DAY, DEFAULT_HOUR, HOURS
from kernel.categories import CATEGORIES
from kernel.words import t
from warehouse.queries.venue_filter import DEFAULT_MONTH, MINUTES

# Properties of the controls, in the order in which callbacks take them.
CONTROLS = (
    ("circles-region", "value"),
    ("circles-with", "value"),
    ("circles-minutes", "value"),
    ("circles-categories", "value"),
    ("circles-fee", "value"),
    ("circles-weekday", "value"),
    ("circles-time", "value"),
    ("circles-month", "value"),
    ("circles-schools", "checked"),
)
# Word key -> the question as an address.
EXAMPLES = {
    "example_free_court": {"categories": "basketball", "fee": "free", "at": "1-1900", "month": "11"},
    "example_swim": {"categories": "swimming", "at": "5-0900", "month": "7"},
    "example_dawn": {"categories": "trail", "at": "6-0600", "month": "12"},
    "example_late": {"at": "4-2200", "month": "9"},
}
# The hours of the shared list start at five; nights are asked about here too.
ALL_HOURS = tuple(sorted({*HOURS, *(f"{hour:02d}:00" for hour in range(24))}))


def circles_controls(
    choice: CirclesChoice, regions: Sequence[tuple[str, str]], lang: str, *, has_hours: bool
) -> html.Section:
    """Return the controls, set to a choice.

    Parameters
    ----------
    choice : CirclesChoice
        What is chosen at first.
    regions : sequence of (str, str)
        Codes and names of the regions that the visitor may read.
    lang : str
        Language.
    has_hours : bool
        Whether the build knows the hours of venues; without them nothing can be asked by the hour.
    """
    return html.Section(
        [
            html.Div(
                [
                    _pick("region", choice.region_code, regions, lang),
                    _pick("with", choice.other_code or NONE, [(NONE, t("circles.with_none", lang)), *regions], lang),
                    *_circle(choice, lang),
                    *_hours(choice, lang, is_disabled=not has_hours),
                ],
                className="circles-controls",
            ),
            _examples(choice, lang) if has_hours else html.P(t("circles.no_hours_build", lang), className="hint"),
        ],
        className="card circles-conditions",
        **attributes(aria_label=t("circles.controls", lang)),
    )


def _pick(name: str, value: str, regions: Sequence[tuple[str, str]], lang: str) -> Component:
    return dmc.Select(
        id=f"circles-{name}",
        label=t(f"circles.{name}", lang),
        value=value,
        data=[{"value": code, "label": words} for code, words in regions],
        searchable=True,
        allowDeselect=False,
        size="sm",
    )


def _circle(choice: CirclesChoice, lang: str) -> list[Component]:
    chosen = choice.circle.venue_filter
    return [
        _labelled(
            "minutes",
            dmc.SegmentedControl(
                id="circles-minutes",
                value=str(choice.circle.minutes),
                data=[{"value": str(m), "label": t("map.minutes", lang, minutes=m)} for m in MINUTES],
                fullWidth=True,
                size="sm",
            ),
            lang,
        ),
        _labelled(
            "categories",
            dmc.MultiSelect(
                id="circles-categories",
                value=[code for code in CATEGORIES if code in chosen.categories],
                data=[{"value": code, "label": t(f"sport.category_{code}", lang)} for code in CATEGORIES],
                placeholder="" if chosen.categories else t("map.categories_all", lang),
                clearable=True,
                size="sm",
                **attributes(aria_label=t("circles.categories", lang)),
            ),
            lang,
        ),
        _labelled(
            "fee",
            dmc.SegmentedControl(
                id="circles-fee",
                value=chosen.fee_code,
                data=[{"value": fee, "label": t(f"planning.fee_choice_{fee}", lang)} for fee in ("all", "low", "free")],
                fullWidth=True,
                size="sm",
            ),
            lang,
        ),
    ]


def _hours(choice: CirclesChoice, lang: str, *, is_disabled: bool) -> list[Component]:
    chosen = choice.circle.venue_filter
    time = DEFAULT_HOUR if chosen.at is None else clock_words(chosen.at.minute)
    days = [ANY_DAY, *map(str, range(7))]
    months = [(str(month), t(f"planning.month_{month}", lang)) for month in range(1, 13)]
    lists = (
        ("weekday", ANY_DAY if chosen.at is None else str(chosen.at.weekday),
         [(day, t(f"planning.weekday_{day}", lang)) for day in days]),
        ("time", time, [(hour, hour) for hour in sorted({*ALL_HOURS, time})]),
        ("month", str(DEFAULT_MONTH if chosen.at is None else chosen.at.month), months),
    )  # fmt: skip
    return [
        *(
            dmc.Select(
                id=f"circles-{name}",
                label=t(f"circles.{name}", lang),
                value=value,
                data=[{"value": code, "label": words} for code, words in items],
                allowDeselect=False,
                disabled=is_disabled,
                size="sm",
            )
            for name, value, items in lists
        ),
        dmc.Switch(
            id="circles-schools",
            checked=chosen.schools,
            label=t("circles.schools", lang),
            disabled=is_disabled,
            size="sm",
            className="circles-switch",
        ),
    ]


def _labelled(name: str, control: Component, lang: str) -> html.Div:
    return html.Div(
        [html.Span(t(f"circles.{name}", lang), className="circles-label"), control],
        className=f"circles-field circles-field-{name}",
        role="group",
        **attributes(aria_label=t(f"circles.{name}", lang)),
    )


def _examples(choice: CirclesChoice, lang: str) -> html.Div:
    links = [
        html.A(
            t(f"circles.{key}", lang),
            href="?" + urlencode({"minutes": choice.circle.minutes, **query, "region": choice.region_code}),
            className="chip",
        )
        for key, query in EXAMPLES.items()
    ]
    return html.Div([html.Span(t("circles.examples", lang), className="small"), *links], className="circles-examples")
