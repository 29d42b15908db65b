"""Standards of the hub: the register, code lists, who follows them, and the two checklists with their scores."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import is_granted
from components.checklist_view import projects_view, venue_detail, venues_view
from components.data_tabs import data_tabs
from components.export_links import export_links
from components.map_config import region_name
from components.page import Page
from components.page_head import page_head
from components.register_view import adoption_view, code_names, codes_view, register_view
from components.request import RequestContext
from kernel.words import t
from warehouse.queries import checklists, standard_register
from warehouse.queries import map as map_queries
from warehouse.queries.regions import visible_regions

PAGE = Page(
    code="data_standards",
    path="/data/standards",
    name_key="register.title",
    icon="certificate",
    action="data.view",
    order=57,
    is_in_navigation=False,
)
VIEWS = ("register", "codes", "adoption", "venues", "projects")
# Views that read internal rows, and those whose file is that of a checklist; the others share the register's.
INTERNAL = frozenset({"adoption", "projects"})
EXPORTED = {"venues": checklists.VENUES, "projects": checklists.PROJECTS}
# A visitor with fewer areas than this sees counties instead of cities.
_CITY_DIGITS, _COUNTY_DIGITS = 4, 6


def layout(context: RequestContext) -> Component:
    """Return the page with the part that the address names with ``view``."""
    lang = context.lang
    # The form of the code lists sends the list alone.
    asked = "codes" if "list" in context.query else context.query.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    links = []
    if is_granted(context.scope.actions, "export.make"):
        query = {"checklist": EXPORTED.get(view, "")}
        links.append(
            export_links("checklists" if query["checklist"] else "standard_register", query, lang, ("xlsx", "docx"))
        )
    return html.Div(
        [
            data_tabs("standards", lang, context),
            page_head(
                t("register.title", lang), t("register.hint", lang), lang, is_demo=map_queries.is_demo(), links=links
            ),
            _views(view, lang),
            *_part(view, context),
        ],
        className="data-standards",
    )


def _views(active: str, lang: str) -> html.Nav:
    links = []
    for view in VIEWS:
        words = t(f"register.view_{view}", lang)
        here = html.Span(words, className="planning-tab", **attributes(aria_current="page"))
        link = html.A(words, href=f"{PAGE.path}?view={view}", className="planning-tab")
        links.append(html.Li(here if view == active else link))
    label = attributes(aria_label=t("register.views", lang))
    return html.Nav(html.Ul(links), className="planning-tabs register-views", **label)


def _part(view: str, context: RequestContext) -> list[Component]:
    scope, lang = context.scope, context.lang
    if view in INTERNAL and not scope.covers("internal"):
        return [html.P(t("register.internal", lang), className="hint")]
    if view == "adoption":
        return _adoption(context)
    codes = standard_register.codes(scope)
    if view == "codes":
        return codes_view(codes, standard_register.uses(), context.query.get("list", ""), lang)
    names = code_names(codes, lang)
    if view == "register":
        return register_view(standard_register.standards(scope), names, lang)
    checklist = checklists.checklist_of(EXPORTED[view])
    if view == "projects":
        return projects_view(checklist, checklists.projects(scope), context.query.get("project", ""), names, lang)
    frame = checklists.venues(scope)
    asked = context.query.get("venue", "")
    row = next((found for found in frame.iter_rows(named=True) if found["venue_id"] == asked), None)
    detail = venue_detail(checklist, row, checklists.subsystems(scope, asked), names, lang) if row else []
    return venues_view(checklist, frame, checklists.venue_history(scope), detail, lang)


def _adoption(context: RequestContext) -> list[Component]:
    scope, lang = context.scope, context.lang
    names = {row["region_code"]: region_name(row, lang) for row in visible_regions(scope).iter_rows(named=True)}
    units = standard_register.adoption(scope)
    areas = standard_register.by_region(units, _CITY_DIGITS)
    if areas.height <= 1:
        areas = standard_register.by_region(units, _COUNTY_DIGITS)
    return adoption_view(units, areas, names, lang)
