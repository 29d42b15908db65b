"""The way from the home page into business monitoring: a small card a system with its most telling figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.callbacks import is_granted
from components.cards import panel
from components.icons import icon
from components.monitoring_figures import name_of, unit_of, value_words
from components.monitoring_overview import telling, worry
from components.monitoring_question import ORDER, Question, read_question
from components.monitoring_state import Standing, summary
from components.monitoring_tabs import PICTURES
from components.monitoring_view import all_standings
from components.request import RequestContext
from components.shell import demo_badge
from kernel.words import t
from warehouse.queries import indicators
from warehouse.queries.map import is_demo

SHOWN = 2


def entry_panel(context: RequestContext) -> list[Component]:
    """Return the panel of the entry cards; nothing where the visitor may not read indicators or there are none."""
    if not is_granted(context.scope.actions, "monitoring.view") or not indicators.is_readable(context.scope):
        return []
    asked = read_question(context, "", {})
    found = all_standings(context, asked)
    if not any(one.newest is not None for standings in found.values() for one in standings):
        return []
    lang = context.lang
    inputs = frozenset(name for standings in found.values() for one in standings for name in one.indicator.inputs)
    marks = [demo_badge(lang)] if is_demo(inputs) else []
    body = html.Div([entry_cards(found, asked, lang), html.Div(marks, className="card-foot")])
    return [panel(t("monitoring.home_title", lang), t("monitoring.home_hint", lang), body)]


def entry_cards(found: Mapping[str, Sequence[Standing]], asked: Question, lang: str) -> html.Div:
    """Return a small card a system for the home page: its name, how it stands, and its most telling figures."""
    entries = []
    for system in ORDER:
        shown = telling(found.get(system, ()), SHOWN)
        if not shown:
            continue
        facts = [
            html.Span(
                [
                    html.Span(name_of(one.indicator, lang)),
                    html.B(
                        [
                            value_words(one.indicator, one.newest["value"], lang),
                            html.Small(unit_of(one.indicator, lang)),
                        ]
                    ),
                ]
            )
            for one in shown
            if one.newest is not None
        ]
        href = asked.address(system=system, indicator="")
        counts = summary(found[system])
        tone, last = worry(counts, lang)
        said = [html.Small(last, className="is-bad" if counts.risky else "")]
        if counts.aimed:
            said.insert(
                0, html.Small(t("monitoring.entry_held", lang, reached=len(counts.reached), aimed=counts.aimed))
            )
        name = html.B([icon(PICTURES[system], size=16), t(f"monitoring.system_{system}", lang)])
        head = html.Span([name, *said], className="mon-entry-head")
        entries.append(dcc.Link([head, *facts], href=href, className=f"mon-entry {tone}".strip()))
    return html.Div(entries, className="mon-entries")
