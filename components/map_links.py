"""Buttons that lead to a place on the map; ``assets/map.js`` listens to their attributes."""

from __future__ import annotations

from dash import html

from components.attributes import attributes


def region_button(code: str, name: str, class_name: str) -> html.Button:
    """Return a button that selects a region and shows all of it."""
    return html.Button(name, type="button", className=class_name, **attributes(data_map_region=code))
