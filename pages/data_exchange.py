"""Exchange between nodes: their state on a map and as warnings, packages and their reports, keys, what is sent."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from flask import current_app

from access.door import Door
from components import exchange_cards, exchange_keys, exchange_package
from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.cards import panel
from components.data_tabs import data_tabs
from components.exchange_map import Place, exchange_map, legend
from components.map_config import region_name
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current, ledger
from components.shell import demo_badge
from kernel.errors import AccessDenied, WordedError
from kernel.settings import Settings
from kernel.words import t
from ledger import job_queue
from warehouse.exchange import keys, outbox
from warehouse.exchange.folder import drop_folder
from warehouse.queries import exchange, quality
from warehouse.queries import map as map_queries
from warehouse.queries.regions import regions

PAGE = Page(
    code="data_exchange",
    path="/data/exchange",
    name_key="exchange.title",
    icon="affiliate",
    action="data.view",
    order=53,
    is_in_navigation=False,
)
METHOD = ("method_levels", "method_overdue", "method_signature", "method_order", "method_scope", "method_sm2")


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback. The address names a node or a package."""
    lang = context.lang
    lines = [html.Li(t(f"exchange.{key}", lang)) for key in METHOD]
    return html.Div(
        [
            data_tabs("exchange", lang, context),
            page_head(t("exchange.title", lang), t("exchange.hint", lang), lang),
            html.Div(id="exchange-notice", **attributes(aria_live="polite")),
            dcc.Store(id="exchange-asked", data=dict(context.query)),
            html.Div(
                html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("exchange.wait", lang))),
                id="exchange-answer",
                className="measures-answer",
            ),
            html.Details([html.Summary(t("exchange.method", lang)), html.Ul(lines)], className="card"),
        ],
        className="measures quality exchange",
    )


@guarded_callback(Output("exchange-answer", "children"), Input("exchange-asked", "data"), action="data.view")
def show_exchange(asked: Any) -> list[Component]:
    """Return the cards: of one package where the address names one, else of the nodes."""
    context = current()
    query = {str(key): str(value) for key, value in (asked if isinstance(asked, dict) else {}).items()}
    names = _names(context)
    for direction in ("in", "out"):
        if direction in query:
            return _package(context, direction, query[direction], names)
    return [*_nodes(context, query, names), *_ledger_cards(context, names)]


@guarded_callback(
    Output("exchange-notice", "children"),
    Output("exchange-asked", "data"),
    Input("exchange-trust", "n_clicks"),
    Input({"type": "exchange-revoke", "key": ALL}, "n_clicks"),
    Input({"type": "exchange-run", "kind": ALL}, "n_clicks"),
    State("exchange-line", "value"),
    State("exchange-asked", "data"),
    action="data.exchange",
    prevent_initial_call=True,
)
def act(_trust: Any, _revoke: Any, _run: Any, line: Any, asked: Any) -> tuple[Any, Any]:
    """Trust or revoke a key, or put the exchange into the queue; return what was done, and show the page anew."""
    context, asked = current(), dict(asked) if isinstance(asked, dict) else {}
    chosen = ctx.triggered_id
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        # Buttons that were only drawn again.
        return "", asked
    try:
        if chosen == "exchange-trust":
            said = _do_trust(context, str(line or "")[:400])
        elif chosen["type"] == "exchange-revoke":
            said = _do_revoke(context, str(chosen["key"]))
        else:
            _check_area(context, _settings().node)
            request = {"asked_by": context.account.account_name}
            job_queue.submit(ledger(), context.scope, "exchange", request)
            said = t("exchange.queued", context.lang)
    except WordedError as error:
        return html.P(" ".join(error.said(context.lang)), className="refusal", role="alert"), asked
    return html.P(said, className="success"), asked


def _do_trust(context: RequestContext, line: str) -> str:
    if context.scope.region_codes:
        # What a trusted key signs counts without approval: nobody vouches for the node that he reports for himself.
        raise AccessDenied("Keys are trusted by accounts of the whole province.", fix="Ask the administrator.")
    key = keys.trust(ledger(), line, trusted_by=context.account.account_id)
    _note(context, f"trust {key.node_code} {key.key_id}")
    return t("exchange.trusted", context.lang, node=key.node_code, fingerprint=key.fingerprint)


def _do_revoke(context: RequestContext, key_id: str) -> str:
    key = keys.find_key(ledger(), key_id)
    _check_area(context, "" if key is None else key.node_code)
    keys.revoke(ledger(), key_id)
    _note(context, f"revoke {key_id}")
    return t("exchange.revoked", context.lang, key_id=key_id[:8])


def _check_area(context: RequestContext, node: str) -> None:
    """Refuse to let an account that is confined to a city decide about keys of others."""
    if context.scope.region_codes and not context.scope.includes_region(node):
        raise AccessDenied("This account may only decide about keys of its own area.", fix="Ask the administrator.")


def _note(context: RequestContext, target: str) -> None:
    door: Door = current_app.extensions["door"]
    with door.engine.begin() as connection:
        actor = context.account.account_name
        door.trail.append(connection, actor=actor, action="data.exchange", target=target, result="done")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _names(context: RequestContext) -> dict[str, str]:
    frame = regions(context.scope)
    return {row["region_code"]: region_name(row, context.lang) for row in frame.iter_rows(named=True)}


def _nodes(context: RequestContext, query: dict[str, str], names: dict[str, str]) -> list[Component]:
    lang, states = context.lang, exchange.nodes(context.scope, ledger())
    codes = [state.code for state in states]
    node = query["node"] if query.get("node") in codes else None
    places = {row["region_code"]: row for row in regions(context.scope).iter_rows(named=True)}
    drawn = [
        Place(
            code=state.code,
            name=names[state.code],
            level=state.level,
            lon=places[state.code]["center_lon"],
            lat=places[state.code]["center_lat"],
            href=f"{PAGE.path}?node={state.code}",
        )
        for state in states
    ]
    picture = exchange_map(map_queries.outlines(context.scope, "overview"), drawn, context.theme, lang)
    is_demo = any(state.is_demo for state in states)
    marks = [demo_badge(lang)] if is_demo else []
    moment = t("exchange.as_of", lang, at=exchange_cards.as_shown(exchange.as_of(context.scope)))
    body = html.Div([picture, legend([one for one in exchange.LEVELS if one in {s.level for s in states}], lang)])
    warned = html.Div(exchange_cards.warnings(states, names, lang), className="quality-tall")
    cards: list[Component] = [
        html.Div([html.P(moment, className="small"), *marks], className="measures-area"),
        exchange_cards.figures(states, lang),
        html.Div(
            [
                panel(t("exchange.map", lang), t("exchange.map_hint", lang), body),
                panel(t("exchange.warnings", lang), "", warned),
            ],
            className="exchange-halves",
        ),
        exchange_cards.nodes_card(states, names, _scores(context), lang),
    ]
    if not exchange.reads_log(context.scope):
        return [*cards, html.P(t("exchange.log_internal", lang), className="hint")]
    name = t("exchange.all_nodes", lang) if node is None else names[node]
    months = exchange.months(context.scope)
    cards.append(exchange_cards.timeline_card(months, node, name, is_demo=is_demo, theme=context.theme, lang=lang))
    if node is not None:
        rows = exchange.latest(context.scope, node).to_dicts()
        cards.append(exchange_cards.log_card(rows, name, is_demo=is_demo, lang=lang))
    return cards


def _scores(context: RequestContext) -> dict[str, float | None]:
    if not context.scope.covers("internal"):
        return {}
    frame = quality.by_unit(context.scope)
    return dict(zip(frame["region_code"], frame["score"], strict=True))


def _ledger_cards(context: RequestContext, names: dict[str, str]) -> list[Component]:
    """Return what this node itself knows: packages, files that could not be verified, keys, and what it can do."""
    lang, scope, engine = context.lang, context.scope, ledger()
    settings = _settings()
    may = is_granted(scope.actions, "data.exchange")
    may_run = may and scope.includes_region(settings.node)
    cards: list[Component] = []
    direction = "out" if settings.is_city_node else "in"
    found = exchange.packages(scope, engine, direction)
    cards.append(exchange_package.packages_card(found, direction, names, lang))
    unverified = exchange.attempts(scope, engine)
    if unverified:
        cards.append(exchange_package.attempts_card(unverified, lang))
    if settings.is_city_node:
        cards.append(exchange_keys.outbox_card(outbox.to_send(settings, engine), may_send=may_run, lang=lang))
    elif may_run:
        cards.append(exchange_keys.inbox_card(str(drop_folder(settings)), lang))
    partner = outbox.province_of(settings)
    known = [
        key
        for key in keys.all_keys(engine)
        if key.is_own or key.node_code == partner or scope.includes_region(key.node_code)
    ]
    cards.append(
        exchange_keys.keys_card(known, names, may_change=may, may_trust=may and not scope.region_codes, lang=lang)
    )
    return cards


def _package(context: RequestContext, direction: str, package_id: str, names: dict[str, str]) -> list[Component]:
    lang = context.lang
    settings = _settings()
    found = exchange.package(context.scope, ledger(), direction, package_id)
    if found is None:
        raise WordedError("exchange.no_package", package=package_id[:12])
    back = dcc.Link(t("exchange.back", lang), href=PAGE.path)
    report = exchange.conflicts_of(context.scope, settings, found)
    shown = exchange.without_values(context.scope, found)
    return [back, *exchange_package.report_cards(shown, report, names, lang)]
