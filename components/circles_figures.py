"""The answer of the circles page: the question in words, three figures, what is known of hours, and the groups."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from analytics.accessibility import GROUPS
from components.cards import empty_figure, panel
from components.circles_choice import clock_words, question_words, time_words
from components.circles_view import EVERYONE, CirclesView, GroupFigure, RegionFigures
from components.icons import icon
from components.numbers import show_count, show_exact, show_number, show_percent
from components.shell import demo_badge
from kernel.words import t


def answer_card(view: CirclesView, lang: str) -> html.Section:
    """Return the card that answers the question of the page."""
    marks = [demo_badge(lang)] if view.is_demo else []
    body: list[Component] = [
        html.Div([html.H2(question_words(view.choice, view.region_name, lang)), *marks], className="circles-question")
    ]
    if view.own is None:
        body.append(empty_figure(t("circles.no_population", lang)))
    else:
        body.append(_headline(view.own, lang))
    body.append(_known(view, lang))
    return html.Section(body, className="card circles-answer")


def groups_card(view: CirclesView, lang: str) -> html.Section:
    """Return the table of groups: residents, inside at their own pace, at one speed, and the people between."""
    title, hint = t("circles.groups", lang), t("circles.groups_hint", lang)
    if view.own is None:
        return panel(title, hint, empty_figure(t("circles.no_population", lang)))
    other = view.figures.get(view.choice.other_code) if view.choice.other_code else None
    heads = [(t("circles.group", lang), ""), (t("circles.residents", lang), "number"), (t("circles.covered", lang), "")]
    heads += [(t("circles.at_one_speed", lang), "number"), (t("circles.too_many", lang), "number")]
    if other is not None:
        heads.insert(3, (view.names[str(view.choice.other_code)], "number"))
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(text, scope="col", className=kind) for text, kind in heads])),
            html.Tbody([_group_row(code, figure, view.own, other, lang) for code, figure in view.own.groups.items()]),
        ],
        className="table circles-groups",
    )
    note = html.P(t("circles.wheelchair_note", lang), className="small")
    return panel(title, hint, html.Div([html.Div(table, className="table-scroll"), note]))


def share_bar(own: float | None, fast: float | None, text: str) -> html.Span:
    """Return a bar of a share with a thin mark where the one-speed figure would be, and the share in words."""
    inside = [html.Span(className="circles-fill", style={"width": _width(own)})]
    if fast is not None and own is not None and fast > own:
        inside.append(html.Span(className="circles-mark", style={"left": _width(fast)}))
    return html.Span([html.Span(inside, className="circles-bar"), html.B(text)], className="circles-share")


def _headline(own: RegionFigures, lang: str) -> html.Div:
    everyone, together = own.groups.get(EVERYONE), own.together
    parts: list[Component] = []
    if together is not None:
        note = _people(together, together.own, lang)
        parts.append(_figure("own_pace", show_percent(together.own_share, lang), note, lang))
    if everyone is not None:
        note = f"{_people(everyone, everyone.fast, lang)} · {t('circles.one_speed_note', lang)}"
        parts.append(_figure("one_speed", show_percent(everyone.fast_share, lang), note, lang))
    if together is None:
        parts.append(html.P(t("circles.no_ages", lang), className="hint"))
    else:
        people = show_count(together.overstated, lang)
        parts.append(_figure("overstated", people, t("circles.overstated_note", lang), lang, unit="sport.unit_person"))
    return html.Div(parts, className="circles-headline")


def _figure(code: str, value: str, note: str, lang: str, *, unit: str = "") -> html.Div:
    figure = html.B([value, html.Small(t(unit, lang), className="unit")] if unit else value)
    return html.Div(
        [html.Span(t(f"circles.{code}", lang)), figure, html.Small(note)],
        className=f"circles-figure is-{code.replace('_', '-')}",
    )


def _people(figure: GroupFigure, inside: float, lang: str) -> str:
    return t("circles.people_of", lang, covered=show_count(inside, lang), residents=show_count(figure.residents, lang))


def _group_row(code: str, figure: GroupFigure, own: RegionFigures, other: RegionFigures | None, lang: str) -> html.Tr:
    speed = t("circles.speed", lang, speed=show_number(GROUPS[code].speed_km_per_h, lang, digits=1))
    if code == EVERYONE and own.together is not None:
        figure, speed = own.together, t("circles.each_speed", lang)
    cells = [
        html.Th([t(f"planning.group_{code}", lang), html.Small(speed)], scope="row"),
        html.Td(show_exact(figure.residents, lang), className="number"),
        html.Td(share_bar(figure.own_share, figure.fast_share, show_percent(figure.own_share, lang))),
        html.Td(show_percent(figure.fast_share, lang), className="number"),
        html.Td(show_exact(figure.overstated, lang), className="number circles-many"),
    ]
    if other is not None:
        found = other.together if code == EVERYONE and own.together is not None else other.groups.get(code)
        cells.insert(3, html.Td(show_percent(found.own_share if found else None, lang), className="number"))
    return html.Tr(cells, className=f"circles-{code}")


def _known(view: CirclesView, lang: str) -> html.Ul:
    """Return what the figures rest on: venues that count, daylight, and hours that nobody knows."""
    lines: list[tuple[str, str]] = []
    hours, at = view.hours, view.choice.circle.venue_filter.at
    if hours is not None:
        counted, everything = show_exact(hours.counted_count, lang), show_exact(hours.venue_count, lang)
        if at is None:
            lines.append(("building-stadium", t("circles.venues_all", lang, all=everything)))
        else:
            lines.append(("building-stadium", t("circles.venues_counted", lang, counted=counted, all=everything)))
            lines += _daylight(view, lang)
            unknown = {
                "no_hours": hours.no_hours_count,
                "unreadable": hours.unreadable_count,
                "after_class": hours.after_class_count,
                "unknown_lamps": hours.unknown_lamps_count,
            }
            said = [t(f"circles.{key}", lang, count=show_exact(count, lang)) for key, count in unknown.items() if count]
            lines += [("info-circle", text) for text in said or [t("circles.all_known", lang)]]
            lines.append(("calendar", t("circles.normal_week", lang)))
    return html.Ul(
        [html.Li([icon(picture, size=16), html.Span(text)]) for picture, text in lines], className="circles-known"
    )


def _daylight(view: CirclesView, lang: str) -> list[tuple[str, str]]:
    at = view.choice.circle.venue_filter.at
    if view.twilight is None or at is None:
        return []
    dawn, dusk = view.twilight
    key, picture = ("light", "sun") if dawn <= at.minute < dusk else ("dark", "moon")
    values = {**time_words(at, lang), "dawn": clock_words(dawn), "dusk": clock_words(dusk)}
    return [(picture, t(f"circles.{key}", lang, **values))]


def _width(share: float | None) -> str:
    return f"{min(max(share or 0.0, 0.0), 1.0):.2%}"
