"""Links that take what a page shows out as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from dash import html

from components.attributes import attributes
from components.icons import icon
from kernel.words import t

# Endings of the files, in the order of the links.
FORMATS = ("xlsx", "docx", "gpkg", "geojson", "png")


def export_links(code: str, query: Mapping[str, str], lang: str, formats: Sequence[str] = FORMATS) -> html.Details:
    """Return a menu of links, one a kind of file; for visitors who are granted ``export.make``.

    Parameters
    ----------
    code : str
        Module of ``reports.catalogue``.
    query : mapping
        Parameters of the address, as the page itself carries them.
    lang : str
        Language.
    formats : sequence of str
        Endings that this export is made in.
    """
    address = urlencode({name: value for name, value in query.items() if value})
    links = [
        html.A(
            t(f"planning.export_{ending}", lang),
            href=f"/api/export/{code}.{ending}?{address}",
            className="menu-item",
            **attributes(download=""),
        )
        for ending in formats
    ]
    head = html.Summary([icon("download", size=16), t("planning.export_files", lang)], className="planning-small")
    return html.Details([head, html.Div(links, className="planning-menu")], className="planning-export export-links")
