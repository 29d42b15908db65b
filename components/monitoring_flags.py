"""Unusual figures of an indicator: what, when, how far from what was expected, and what the deviation consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.icons import icon
from components.monitoring_cards import ENTRY_ERRORS, flag_words
from components.monitoring_figures import MINUS, period_words, signed, unit_of, value_words, with_unit
from components.monitoring_state import Row
from components.monitoring_view import Detail
from components.numbers import MISSING, show_number, show_percent
from kernel.words import t

# Unusual figures and parts of a deviation that are told.
TOLD, TOLD_BELOW, BARS = 6, 8, 6
# The newest that stand open; those before open together.
OPEN = 2
# Smaller shares of a deviation are left out.
LEAST = 0.005
# Parts that almost cancel each other are many times what is left: their shares would say nothing, their points do.
MOST_SHARE = 3.0


def flags_card(view: Detail, names: Mapping[tuple[str, str], str], lang: str) -> html.Section:
    """Return the unusual figures of the area, each with its parts, and those of the areas below.

    Parameters
    ----------
    view : Detail
        The indicator.
    names : mapping
        (Code list, code) -> name, for kinds.
    lang : str
        Language.
    """
    title, hint = t("monitoring.flags", lang), t("monitoring.flags_hint", lang)
    if "flag" in view.lacking:
        return panel(title, hint, empty_figure(t("monitoring.flags_lacking", lang)))
    own = [row for row in view.flags if row["region_code"] == view.asked.region][:TOLD]
    below = [
        row
        for row in view.flags
        # What an area above shows as well is told there, and what is only possible in the area itself.
        if row["region_code"] != view.asked.region
        and row["region_code"] in view.areas
        and not row["collapsed_into"]
        and row["is_certain"]
    ]
    if not own and not below:
        key = "flags_none" if view.standing.newest is not None else "flags_of_nothing"
        return panel(title, hint, empty_figure(t(f"monitoring.{key}", lang)))
    parts: list[Component] = []
    if own:
        items = [_flag(view, row, names, lang) for row in own]
        parts.append(html.Ol(items[:OPEN], className="mon-flags"))
        if earlier := items[OPEN:]:
            words = html.Summary(t("monitoring.flags_earlier", lang, count=len(earlier)))
            parts.append(html.Details([words, html.Ol(earlier, className="mon-flags")], className="mon-earlier"))
    else:
        parts.append(empty_figure(t("monitoring.flags_none_here", lang)))
    if below:
        parts += [
            html.H3(t("monitoring.flags_below", lang)),
            html.Ul([_below(view, row, lang) for row in below[:TOLD_BELOW]], className="mon-flags-below"),
        ]
    return panel(title, hint, html.Div(parts))


def _flag(view: Detail, row: Row, names: Mapping[tuple[str, str], str], lang: str) -> html.Li:
    one = view.standing.indicator
    is_error = row["kind"] in ENTRY_ERRORS
    head = html.P(
        [
            icon("alert-circle" if is_error else "flag", size=16),
            html.B(period_words(row["period"], lang)),
            html.Span(
                t(f"monitoring.kind_{row['kind']}", lang), className="mon-pill is-error" if is_error else "mon-pill"
            ),
            html.Span(flag_words(row, lang)),
        ]
    )
    facts = [t("monitoring.actual", lang, value=with_unit(one, row["actual"], lang))]
    if row["expected"] is not None:
        key = "level_before" if row["kind"] == "change" else "expected_value"
        facts.append(t(f"monitoring.{key}", lang, value=with_unit(one, row["expected"], lang)))
    if row["score"] is not None and not is_error:
        facts.append(t("monitoring.score", lang, score=show_number(abs(row["score"]), lang, digits=1)))
    if not row["is_certain"]:
        facts.append(t("monitoring.only_possible", lang))
    reasons = view.reasons.get(row["period"], ()) if row["is_certain"] else ()
    bars = [block for by in ("area", "part", "counts") if (block := _bars(view, by, reasons, names, lang))]
    said = [html.P(t(f"monitoring.rule_{row['kind']}", lang), className="small")] if is_error else []
    return html.Li([head, html.P(" · ".join(facts), className="small"), *said, html.Div(bars, className="mon-reasons")])


def _bars(
    view: Detail, by: str, reasons: Sequence[Row], names: Mapping[tuple[str, str], str], lang: str
) -> Component | None:
    """Return what areas or parts contribute to a deviation, the largest first; the rest as one line."""
    one = view.standing.indicator
    kinds = ("numerator", "denominator") if by == "counts" else (by,)
    own = [row for row in reasons if row["by"] in kinds and abs(row["share"] or 0.0) >= LEAST]
    if not own:
        return None
    most = max(abs(row["share"]) for row in own) or 1.0
    has_shares = most <= MOST_SHARE
    items = []
    for row in own[:BARS]:
        share = float(row["share"])
        difference = MISSING if row["contribution"] is None else signed(one, float(row["contribution"]), lang)
        bar = html.Span(
            html.Span(
                className="is-with" if share >= 0 else "is-against", style={"width": f"{abs(share) / most * 100:.0f}%"}
            ),
            className="mon-bar",
        )
        items.append(
            html.Li(
                [
                    _reason_name(view, row["by"], row["code"], names, lang),
                    bar,
                    html.B(show_percent(share, lang, digits=0).replace("-", MINUS) if has_shares else ""),
                    html.Small(difference),
                ],
            )
        )
    left = len(own) - len(items)
    more = [html.P(t("monitoring.more_reasons", lang, count=left), className="small")] if left else []
    return html.Div([html.H4(t(f"monitoring.by_{by}", lang)), html.Ul(items, className="mon-bars"), *more])


def _reason_name(view: Detail, by: str, code: str, names: Mapping[tuple[str, str], str], lang: str) -> Component:
    if by == "area" and code in view.areas:
        return html.A(view.areas[code].name, href=view.asked.address("indicator", region=code))
    if by == "part":
        return html.Span(names.get((view.standing.indicator.part, code), code))
    return html.Span(t(f"monitoring.by_{by}", lang) if by in {"numerator", "denominator"} else code)


def _below(view: Detail, row: Row, lang: str) -> html.Li:
    one = view.standing.indicator
    name = view.areas[row["region_code"]].name
    value = f"{value_words(one, row['actual'], lang)} {unit_of(one, lang)}".strip()
    return html.Li(
        [
            html.A(name, href=view.asked.address("indicator", region=row["region_code"])),
            html.Span(period_words(row["period"], lang)),
            html.Span(flag_words(row, lang)),
            html.Small(value),
        ]
    )
