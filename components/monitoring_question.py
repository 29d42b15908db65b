"""What a page of business monitoring is asked, as its address holds it: area, period, comparison, indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from analytics.indicator import SYSTEMS, Indicator, System, of_system
from components.map_config import region_name
from components.request import RequestContext
from kernel.errors import WordedError
from kernel.words import t
from warehouse.queries import indicators
from warehouse.queries.regions import root_code, visible_regions

PATH = "/monitoring"
# In the order in which the plan names the eight systems; infrastructure carries them all.
ORDER: tuple[System, ...] = (
    "mass",
    "elite",
    "industry",
    "events",
    "market",
    "facilities",
    "research",
    "culture",
    "infrastructure",
)
KINDS = ("month", "quarter", "year")
COMPARISONS = ("year", "last", "target")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes
    ----------
    system : str
        One of `analytics.indicator.SYSTEMS`; empty on the overview.
    region : str
        Code of the area.
    kind : {"month", "quarter", "year"}
        Periods; ``month`` stands for the own periods of each indicator.
    month : str
        ``YYYY-MM``: figures up to its end; empty where the snapshot has none.
    compare : {"year", "last", "target"}
        What a figure is compared with: the same period of the year before, the period before, the target.
    indicator : str
        Code of the one that is shown in full; empty where the system has none.
    """

    system: str
    region: str
    kind: str
    month: str
    compare: str
    indicator: str

    def query(self, **changes: str) -> dict[str, str]:
        """Return the question as the query of an address, with some parts changed."""
        asked = replace(self, **changes)
        named = {name: getattr(asked, name) for name in ("region", "kind", "month", "compare", "indicator")}
        return {name: value for name, value in named.items() if value}

    def address(self, part: str = "", **changes: str) -> str:
        """Return the address of the question with some parts changed, ``part`` after ``#``."""
        system = changes.get("system", self.system)
        query = urlencode(self.query(**changes))
        return f"{PATH}{'/' if system else ''}{system}?{query}{'#' if part else ''}{part}"


def read_question(context: RequestContext, system: str, query: Mapping[str, str]) -> Question:
    """Return the question of an address.

    Raises
    ------
    WordedError
        When a region, month, kind, comparison or indicator is not there for this visitor.
    """
    if system and system not in SYSTEMS:
        raise WordedError("monitoring.no_system", name=system[:20])
    frame = visible_regions(context.scope)
    region = query.get("region") or _start(context, frame)
    if region not in frame["region_code"]:
        raise WordedError("monitoring.no_region", name=region[:20])
    months = indicators.months(context.scope)
    month = query.get("month") or (months[0] if months else "")
    own = [one.code for one in sorted(of_system(system), key=_leads)] if system else []
    code = query.get("indicator") or (own[0] if own else "")
    kind, compare = query.get("kind") or KINDS[0], query.get("compare") or COMPARISONS[0]
    for name, value, allowed in (
        ("month", month, months),
        ("kind", kind, KINDS),
        ("compare", compare, COMPARISONS),
        ("indicator", code, own),
    ):
        if value and allowed and value not in allowed:
            raise WordedError(f"monitoring.no_{name}", name=value[:40])
    return Question(system, region, kind, month, compare, code)


def _leads(one: Indicator) -> tuple[bool, bool, bool]:
    """Return the key by which the indicator that a page opens with comes first: a target, months, counties."""
    return one.target is None, one.period != "month", one.area != "county"


def _start(context: RequestContext, frame: pl.DataFrame) -> str:
    """Return the area that is shown first: the top of what the visitor sees."""
    root = root_code(context.scope, frame)
    return root if root is not None and root in frame["region_code"] else next(iter(frame["region_code"]), "")


def question_form(context: RequestContext, asked: Question) -> html.Form:
    """Return the question as a plain form: sent, it is the address of the page."""
    lang = context.lang
    months = [(month, month) for month in indicators.months(context.scope)]
    fields: list[Component] = [
        html.Label([html.Span(t("monitoring.field_region", lang)), _regions(context, asked.region)]),
        _choice("kind", [(kind, t(f"monitoring.kind_{kind}", lang)) for kind in KINDS], asked.kind, lang),
        _choice("month", months, asked.month, lang),
        _choice("compare", [(one, t(f"monitoring.compare_{one}", lang)) for one in COMPARISONS], asked.compare, lang),
    ]
    if asked.indicator:
        fields.append(dcc.Input(id="monitoring-kept", name="indicator", type="hidden", value=asked.indicator))
    send = html.Button(t("monitoring.send", lang), type="submit", className="button")
    action = f"{PATH}/{asked.system}" if asked.system else PATH
    return html.Form([*fields, send], method="get", action=action, className="card measures-form mon-form")


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: str, lang: str) -> html.Label:
    entries = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    return html.Label([html.Span(t(f"monitoring.field_{name}", lang)), html.Select(entries, name=name)])


def _regions(context: RequestContext, chosen: str) -> html.Select:
    """Return the areas to choose from: those that hold others first, counties below the name of their city."""
    rows = visible_regions(context.scope).to_dicts()
    names = {row["region_code"]: region_name(row, context.lang) for row in rows}
    held = {row["parent_code"] for row in rows}
    entries: list[Component] = []
    groups: dict[str, list[Component]] = {}
    for row in rows:
        code = row["region_code"]
        option = html.Option(names[code], value=code, selected=code == chosen)
        above = row["parent_code"]
        if code in held or above not in names:
            entries.append(option)
            continue
        if above not in groups:
            groups[above] = []
            entries.append(html.Optgroup(groups[above], label=names[above]))
        groups[above].append(option)
    return html.Select(entries, name="region")
