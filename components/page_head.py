"""The head of a page of the hub: title, mark of demo data and what the page is for; on the right what it can do."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.shell import demo_badge


def page_head(
    title: str,
    lead: str | Component,
    lang: str,
    *,
    is_demo: bool = False,
    back: Component | None = None,
    links: Sequence[Component] = (),
) -> html.Div:
    """Return the head, with the one H1 of the page.

    Parameters
    ----------
    title : str
        Text of the H1.
    lead : str or Component
        One sentence that says what the page shows; empty for none.
    lang : str
        Language.
    is_demo : bool
        Whether something on the page is generated.
    back : Component, optional
        Link to the page above, before the title.
    links : sequence of Component
        What can be done with the whole page, such as the menu of exports. It stands at the same place everywhere.
    """
    name: list[Component] = [html.H1(title)]
    if is_demo:
        name.append(demo_badge(lang))
    words: list[Component] = [html.Div(name, className="hub-name")]
    if lead:
        words.append(html.P(lead))
    parts: list[Component] = [] if back is None else [html.Div(back, className="hub-back")]
    parts.append(html.Div(words, className="page-head"))
    if links:
        parts.append(html.Div(list(links), className="hub-links"))
    return html.Div(parts, className="hub-head")
