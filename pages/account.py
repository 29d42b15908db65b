"""The account page: who one is, what one may read, and a new password."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.page import Page
from components.request import RequestContext
from kernel.words import catalogue, t

PAGE = Page(
    code="account",
    path="/account",
    name_key="shell.page_account",
    icon="user-circle",
    action="account.own",
    order=900,
    is_in_navigation=False,
)


def layout(context: RequestContext) -> Component:
    """Return the page."""
    lang, account = context.lang, context.account
    facts = (
        (t("access.account_name", lang), account.account_name),
        (t("access.account_role", lang), t(f"access.role_{account.role_code}", lang)),
        (t("access.account_sensitivity", lang), t(f"access.sensitivity_{context.scope.sensitivity}", lang)),
    )
    return html.Div(
        [
            html.Div(html.H1(t("access.account_title", lang)), className="page-head"),
            html.Div(
                [
                    html.Section(
                        html.Dl([part for name, value in facts for part in (html.Dt(name), html.Dd(value))]),
                        className="card facts",
                    ),
                    _password_form(context),
                ],
                className="account-grid",
            ),
        ]
    )


def _password_form(context: RequestContext) -> Component:
    lang = context.lang
    return html.Section(
        [
            html.H2(t("shell.change_password", lang), className="card-title"),
            *_messages(context),
            html.Form(
                [
                    _field("old", t("access.old_password", lang), "current-password"),
                    _field("new", t("access.new_password", lang), "new-password"),
                    html.P(t("access.password_rule", lang), className="small"),
                    html.Button(t("access.save_password", lang), type="submit", className="button"),
                ],
                action="/password",
                method="POST",
                className="form",
            ),
        ],
        className="card",
    )


def _field(name: str, label: str, autocomplete: str) -> Component:
    field = dcc.Input(
        id=f"password-{name}", type="password", name=name, autoComplete=autocomplete, required=True, maxLength=200
    )
    return html.Label([html.Span(label), field], className="form-row")


def _messages(context: RequestContext) -> list[Component]:
    lang, query = context.lang, context.query
    known = catalogue()
    faults = [code for code in query.get("fault", "").split(",") if f"access.{code}" in known]
    if faults:
        return [html.P(t(f"access.{code}", lang), className="refusal", role="alert") for code in faults]
    if query.get("saved"):
        return [html.P(t("access.password_saved", lang), className="success", role="status")]
    if context.account.must_change_password:
        return [html.P(t("access.password_must_change", lang), className="refusal", role="alert")]
    if context.account.is_demo:
        return [html.P(t("access.password_demo", lang), className="hint")]
    return []
