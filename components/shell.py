"""The frame around every page: navigation, top bar, footer, search. Drawn from plain values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.page import Page
from components.theme import Scheme, mantine_theme
from kernel.words import t


@dataclass(frozen=True, slots=True)
class ShellView:
    """What the frame shows.

    Attributes
    ----------
    lang, scheme : str
        Language and colours.
    pages : sequence of Page
        Pages that the visitor may open, in order.
    account_name, role_code : str
        Who is signed in.
    area_name : str
        The visitor's data area in words.
    build_id : str or None
        Snapshot that is served; None when there is none.
    age_text : str
        Age of the data in words, such as ``2 hours``.
    is_demo : bool
        Whether any dataset of the snapshot is generated.
    map_approval : str
        Map approval number; empty when none was entered.
    """

    lang: str
    scheme: Scheme
    pages: Sequence[Page]
    account_name: str
    role_code: str
    area_name: str
    build_id: str | None
    age_text: str
    is_demo: bool
    map_approval: str


def shell_layout(view: ShellView) -> Component:
    """Return the frame with an empty page that the router fills."""
    return dmc.MantineProvider(
        theme=mantine_theme(),
        forceColorScheme=view.scheme,
        children=html.Div(
            className="shell",
            id="shell",
            children=[
                dcc.Location(id="address", refresh="callback-nav"),
                html.A(t("shell.skip_to_page", view.lang), href="#page", className="skip"),
                _navigation(view),
                html.Div(className="scrim", **attributes(data_navigation="close")),
                html.Div(
                    className="frame",
                    children=[
                        _top_bar(view),
                        html.Main(id="page", className="page", tabIndex="-1", children=_bones(view.lang)),
                        _footer(view),
                    ],
                ),
                html.Div(id="notices", className="notices", role="alert"),
                _palette(view),
            ],
        ),
    )


def demo_badge(lang: str) -> html.Span:
    """Return the mark of generated data."""
    return html.Span(t("shell.demo_mark", lang), className="demo-badge", title=t("shell.demo_meaning", lang))


def _bones(lang: str) -> html.Div:
    bones = [
        html.Div(className="bone bone-title"),
        html.Div([html.Div(className="bone bone-card") for _ in range(4)], className="bone-row"),
        html.Div(className="bone bone-block"),
    ]
    return html.Div(bones, className="page-inner", role="status", **attributes(aria_label=t("shell.loading", lang)))


def _navigation(view: ShellView) -> html.Nav:
    links = [
        dcc.Link(
            [icon(page.icon), html.Span(t(page.name_key, view.lang))],
            href=page.path,
            className="side-link",
        )
        for page in view.pages
        if page.is_in_navigation
    ]
    brand = dcc.Link(
        [
            html.Img(src="/assets/mark.svg", alt="", className="brand-mark"),
            html.Span(t("shell.product_name", view.lang), className="brand-name"),
        ],
        href="/",
        className="brand",
    )
    return html.Nav(
        [brand, html.Div(links, className="side-links")],
        className="side",
        id="navigation",
        **attributes(aria_label=t("shell.navigation", view.lang)),
    )


def _top_bar(view: ShellView) -> html.Header:
    lang = view.lang
    burger = html.Button(
        icon("menu-2", label=t("shell.open_navigation", lang)),
        type="button",
        className="quiet burger",
        **attributes(data_navigation="open", aria_controls="navigation"),
    )
    area = html.Div(
        [icon("map-pin", size=16), html.Span(t("shell.area", lang), className="area-label"), html.B(view.area_name)],
        className="area",
        title=t("shell.area", lang),
    )
    search = html.Button(
        [
            icon("search", size=16),
            html.Span(t("shell.search", lang), className="search-words"),
            html.Kbd("Ctrl K"),
        ],
        type="button",
        className="search-button",
        **attributes(data_opens="palette", aria_label=t("shell.search", lang)),
    )
    other = "light" if view.scheme == "dark" else "dark"
    language = html.Button(
        t("shell.language_other", lang),
        type="button",
        className="quiet",
        title=t("shell.language_switch", lang),
        **attributes(data_preference="lang", data_value="en" if lang == "zh" else "zh"),
    )
    colours = html.Button(
        icon("sun" if other == "light" else "moon", label=t(f"shell.theme_{other}", lang)),
        type="button",
        className="quiet",
        title=t(f"shell.theme_{other}", lang),
        **attributes(data_preference="theme", data_value=other),
    )
    return html.Header(
        [burger, area, html.Div(className="grow"), search, language, colours, _user_menu(view)], className="top"
    )


def _user_menu(view: ShellView) -> html.Details:
    lang = view.lang
    role = t(f"access.role_{view.role_code}", lang)
    return html.Details(
        [
            html.Summary(
                [icon("user-circle"), html.Span(role, className="user-role"), icon("chevron-down", size=14)],
                className="quiet",
                **attributes(aria_label=t("shell.user_menu", lang)),
            ),
            html.Div(
                [
                    html.Div([html.B(view.account_name), html.Span(role)], className="menu-head"),
                    dcc.Link(
                        [icon("key", size=16), t("shell.change_password", lang)], href="/account", className="menu-item"
                    ),
                    html.Form(
                        html.Button(
                            [icon("logout", size=16), t("shell.sign_out", lang)], type="submit", className="menu-item"
                        ),
                        action="/sign-out",
                        method="POST",
                    ),
                ],
                className="menu",
            ),
        ],
        className="user",
    )


def _footer(view: ShellView) -> html.Footer:
    lang = view.lang
    parts: list[Component] = []
    if view.build_id is None:
        parts.append(html.Span(t("shell.no_build", lang)))
    else:
        parts.append(html.Span([t("shell.build", lang), " ", html.Code(view.build_id)]))
        parts.append(html.Span(t("shell.data_age", lang, age=view.age_text)))
    if view.is_demo:
        parts.append(demo_badge(lang))
    approval = (
        t("shell.map_approval", lang, number=view.map_approval)
        if view.map_approval
        else t("shell.map_approval_missing", lang)
    )
    parts.append(html.Span(approval, className="foot-approval"))
    return html.Footer(parts, className="foot")


def _palette(view: ShellView) -> html.Dialog:
    lang = view.lang
    pages = [
        html.Li(t(page.name_key, lang), **attributes(data_path=page.path)) for page in view.pages if page.is_in_search
    ]
    words = {f"data_word_{name}": t(f"shell.search_{name}", lang) for name in ("pages", "failed", "under_way")}
    nothing = t("shell.search_nothing", lang, text="{text}")
    return html.Dialog(
        id="palette",
        className="palette",
        children=[
            html.Div(
                [
                    icon("search"),
                    dcc.Input(
                        id="palette-text",
                        type="text",
                        placeholder=t("shell.search_hint", lang),
                        autoComplete="off",
                        maxLength=60,
                        className="palette-text",
                    ),
                ],
                className="palette-head",
            ),
            html.Div(id="palette-results", className="palette-results"),
            html.P(t("shell.search_keys", lang), className="palette-foot"),
            html.Ul(pages, id="palette-pages", hidden=True),
        ],
        **attributes(aria_label=t("shell.search", lang), data_word_nothing=nothing, **words),
    )
