"""Icons: the names in use, and how one is drawn.

The drawings come from ``@tabler/icons`` (MIT); ``components.vendor`` writes those named here into one stylesheet,
each as a mask that takes the colour of the text around it.
"""

from __future__ import annotations

from dash import html

from components.attributes import attributes

ICONS = (
    "accessible",
    "activity",
    "adjustments",
    "affiliate",
    "alert-circle",
    "alert-triangle",
    "antenna",
    "archive",
    "arrow-back-up",
    "arrow-forward-up",
    "arrow-right",
    "arrows-move",
    "ball-basketball",
    "ball-bowling",
    "ball-football",
    "ball-tennis",
    "ball-volleyball",
    "ban",
    "barbell",
    "building-bridge",
    "building-community",
    "building-stadium",
    "bulb",
    "calendar",
    "certificate",
    "chart-bar",
    "chart-line",
    "check",
    "checklist",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "circle-check",
    "clock",
    "clock-edit",
    "coin",
    "contrast",
    "copy",
    "current-location",
    "database",
    "device-floppy",
    "door-enter",
    "download",
    "eye",
    "file-spreadsheet",
    "file-text",
    "filter",
    "flag",
    "flask",
    "focus-2",
    "history",
    "home",
    "hourglass",
    "info-circle",
    "key",
    "keyboard",
    "language",
    "layout-dashboard",
    "link",
    "list",
    "lock",
    "logout",
    "map-2",
    "map-pin",
    "map-pin-plus",
    "masks-theater",
    "menu-2",
    "minus",
    "moon",
    "package",
    "pencil",
    "ping-pong",
    "plus",
    "pointer",
    "polygon",
    "refresh",
    "route",
    "ruler-2",
    "run",
    "search",
    "send",
    "server",
    "server-2",
    "share",
    "shield-check",
    "shield-lock",
    "sitemap",
    "snowflake",
    "stack-2",
    "stretching",
    "sun",
    "swimming",
    "table",
    "target",
    "ticket",
    "topology-star",
    "trash",
    "trending-down",
    "trending-up",
    "trophy",
    "upload",
    "user",
    "user-check",
    "user-circle",
    "users",
    "walk",
    "world",
    "x",
)


def icon(name: str, *, size: int = 20, label: str | None = None) -> html.Span:
    """Return an icon.

    Parameters
    ----------
    name : str
        One of :data:`ICONS`.
    size : int
        Width and height, pixels.
    label : str, optional
        Words for screen readers; without it the icon is decoration and they skip it.

    Raises
    ------
    ValueError
        When the icon is not among those that are copied at set-up.
    """
    if name not in ICONS:
        raise ValueError(f"{name!r} is not in components.icons.ICONS; add it and run python -m components.vendor")
    style = {"width": f"{size}px", "height": f"{size}px"}
    if label is None:
        return html.Span(className=f"icon icon-{name}", style=style, **attributes(aria_hidden="true"))
    return html.Span(className=f"icon icon-{name}", style=style, role="img", **attributes(aria_label=label))
