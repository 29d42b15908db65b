"""Keys and trust on the exchange page, and what a city's node is going to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.numbers import MISSING, show_exact
from kernel.clock import as_shown, as_stored, from_stored, now
from kernel.words import t
from warehouse.exchange.keys import NodeKey
from warehouse.exchange.outbox import ToSend
from warehouse.queries.quality import dataset_name

Names = Mapping[str, str]


def keys_card(keys: Sequence[NodeKey], names: Names, *, may_change: bool, may_trust: bool, lang: str) -> html.Section:
    """Return the trust list, a button that revokes each key, and the form that trusts another."""
    instant = as_stored(now())
    heads = ["node", "fingerprint", "valid", "state"] + (["action"] if may_change else [])
    body = []
    for key in keys:
        state = key.state_at(instant)
        until = MISSING if key.valid_until is None else as_shown(from_stored(key.valid_until))
        own = [html.Span(t("exchange.own_key", lang), className="exchange-tag")] if key.is_own else []
        cells: list[Component] = [
            html.Td([names.get(key.node_code, key.node_code), *own]),
            html.Td(html.Code(key.fingerprint)),
            html.Td(f"{as_shown(from_stored(key.valid_from))} → {until}"),
            html.Td(t(f"exchange.key_{state}", lang), className="is-good" if state == "good" else "is-bad"),
        ]
        if may_change:
            cells.append(html.Td(_revoke(key, lang) if state != "revoked" else ""))
        body.append(html.Tr(cells))
    columns = [html.Th(t(f"exchange.head_{head}", lang), scope="col") for head in heads]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    parts: list[Component] = [html.Div(table, className="table-scroll")]
    if not keys:
        parts = [empty_figure(t("exchange.no_keys", lang))]
    parts += [_own_line(key, lang) for key in keys if key.is_own and key.state_at(instant) == "good"]
    if may_trust:
        parts.append(_form(lang))
    return panel(t("exchange.keys", lang), t("exchange.keys_hint", lang), html.Div(parts, className="exchange-report"))


def outbox_card(waiting: Sequence[ToSend], *, may_send: bool, lang: str) -> html.Section:
    """Return what a city's node packs next, and the button that packs and sends it."""
    parts: list[Component] = []
    if waiting:
        heads = ("dataset", "period", "rows", "left_out")
        lines = [
            html.Tr(
                [
                    html.Td(dataset_name(one.batch.dataset, lang)),
                    html.Td(one.batch.period or MISSING),
                    html.Td(show_exact(one.row_count, lang), className="number"),
                    html.Td(show_exact(one.left_out_count, lang), className="number"),
                ]
            )
            for one in waiting
        ]
        columns = [
            html.Th(t(f"exchange.head_{head}", lang), scope="col", className="number" if place > 1 else "")
            for place, head in enumerate(heads)
        ]
        table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(lines)], className="table")
        parts.append(html.Div(table, className="table-scroll"))
    else:
        parts.append(empty_figure(t("exchange.nothing_new", lang)))
    if may_send:
        parts.append(_button("send", lang))
    return panel(
        t("exchange.outbox", lang), t("exchange.outbox_hint", lang), html.Div(parts, className="exchange-report")
    )


def inbox_card(folder: str, lang: str) -> html.Section:
    """Return the button by which a province's node takes packages from its folder."""
    parts = [html.P([t("exchange.folder", lang), " ", html.Code(folder)]), _button("receive", lang)]
    return panel(
        t("exchange.inbox", lang), t("exchange.inbox_hint", lang), html.Div(parts, className="exchange-report")
    )


def _revoke(key: NodeKey, lang: str) -> html.Details:
    """Return the button behind a first click: what it does cannot be undone."""
    button = html.Button(
        t("exchange.revoke_sure", lang),
        id={"type": "exchange-revoke", "key": key.key_id},
        type="button",
        className="planning-small",
    )
    return html.Details([html.Summary(t("exchange.revoke", lang)), button])


def _button(kind: str, lang: str) -> html.Button:
    words = t(f"exchange.do_{kind}", lang)
    return html.Button(words, id={"type": "exchange-run", "kind": kind}, type="button", className="button")


def _own_line(key: NodeKey, lang: str) -> html.Div:
    return html.Div([html.P(t("exchange.own_line", lang), className="small"), html.Code(key.line)], className="formula")


def _form(lang: str) -> html.Div:
    field = dcc.Input(
        id="exchange-line",
        type="text",
        value="",
        placeholder="320500 ed25519 …",
        maxLength=300,
        autoComplete="off",
    )
    button = html.Button(t("exchange.do_trust", lang), id="exchange-trust", type="button", className="button")
    label = html.Label([html.Span(t("exchange.line", lang)), field])
    return html.Div([label, button], className="exchange-form")
