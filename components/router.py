"""From an address to a page: the frame, and the callback that fills it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from dash import ClientsideFunction, Input, Output, State, clientside_callback, html
from dash.development.base_component import Component

from components.callbacks import guarded_callback, is_granted
from components.cards import error_card, no_snapshot_card
from components.numbers import show_age
from components.page import SIGNED_IN, MountedPage
from components.request import RequestContext, current, find_current
from components.shell import ShellView, shell_layout
from kernel.clock import now
from kernel.errors import NoSnapshot, SportsMapError, WordedError
from kernel.logs import request_id
from kernel.settings import Settings
from kernel.words import t
from warehouse.queries import standing

log = logging.getLogger(__name__)

ACCOUNT_PATH = "/account"


def frame(pages: Mapping[str, MountedPage], settings: Settings) -> Component:
    """Return the frame for whoever is asking; an empty one when nobody is (Dash asks once at start-up)."""
    context = find_current()
    if context is None:
        return html.Div(id="page")
    return shell_layout(_view(context, pages, settings))


def register(pages: Mapping[str, MountedPage]) -> None:
    """Register the callbacks that change pages."""

    @guarded_callback(
        Output("page", "children"),
        Input("address", "pathname"),
        State("address", "search"),
        action=SIGNED_IN,
        on_error=failed_page,
    )
    def show(path: str | None, search: str | None) -> Component:
        return page_content(pages, current().with_query(search), path or "/")

    clientside_callback(
        ClientsideFunction(namespace="shell", function_name="arrive"),
        Output("shell", "data-path"),
        Input("address", "pathname"),
    )


def page_content(pages: Mapping[str, MountedPage], context: RequestContext, path: str) -> Component:
    """Return the page of an address, or a card that says why there is none."""
    lang = context.lang
    mounted = pages.get(path)
    if mounted is None:
        return _inner(_card("404", "HTTP_404", lang))
    if context.account.must_change_password and path != ACCOUNT_PATH:
        mounted = pages[ACCOUNT_PATH]
    if not is_granted(context.scope.actions, mounted.page.action):
        return _inner(_card("403", "ACCESS_DENIED", lang))
    class_name = "page-full" if mounted.page.is_full_bleed else "page-inner"
    try:
        return html.Div(mounted.layout(context), className=class_name, key=f"{path}-{request_id.get()}")
    except NoSnapshot:
        return _inner(no_snapshot_card(lang))
    except WordedError as error:
        return _refused(error, lang)
    except SportsMapError as error:
        log.error("%s failed: %s %s", path, error.code, error.message)
        return _inner(_card("503" if error.status == 503 else "500", error.code, lang))


def failed_page(error: Exception) -> Component:
    """Return what stands where a page could not be made; the log has the reason under the request id."""
    lang = current().lang
    if isinstance(error, WordedError):
        return _refused(error, lang)
    log.error("a page failed", exc_info=error)
    return _inner(_card("500", "INTERNAL", lang))


def _refused(error: WordedError, lang: str) -> Component:
    """Return what was asked in vain and how to mend it, in the words of the refusal."""
    log.warning("a page was refused: %s", error.message)
    title, fix = error.said(lang)
    return _inner(error_card(title, fix, code=error.code, request_id=request_id.get(), lang=lang))


def _inner(child: Component) -> html.Div:
    return html.Div(child, className="page-inner")


def _card(kind: str, code: str, lang: str) -> Component:
    return error_card(
        t(f"shell.error_{kind}_title", lang),
        t(f"shell.error_{kind}_fix", lang),
        code=code,
        request_id=request_id.get(),
        lang=lang,
    )


def _view(context: RequestContext, pages: Mapping[str, MountedPage], settings: Settings) -> ShellView:
    granted = [m.page for m in pages.values() if is_granted(context.scope.actions, m.page.action)]
    try:
        state = standing.standing(context.scope, context.lang)
    except NoSnapshot:
        state = None
    return ShellView(
        lang=context.lang,
        scheme=context.theme,
        pages=sorted(granted, key=lambda page: page.order),
        account_name=context.account.account_name,
        role_code=context.account.role_code,
        area_name=_area(context, None if state is None else state.area_names),
        build_id=None if state is None else state.build_id,
        age_text="" if state is None else show_age(now() - state.created_at, context.lang),
        is_demo=state is not None and state.is_demo,
        map_approval=settings.map_approval,
    )


def _area(context: RequestContext, names: tuple[str, ...] | None) -> str:
    if names:
        return "、".join(names) if context.lang == "zh" else ", ".join(names)
    return t("shell.area_none" if context.scope.region_codes else "shell.area_all", context.lang)
