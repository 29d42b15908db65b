"""The cards below the chart in two columns of about the same height, so that no room stays blank under either."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.monitoring_flags import BARS, OPEN, TOLD_BELOW
from components.monitoring_view import Detail

# Rough heights in pixels: a card with a chart or the map, the head of a card, that of an unusual figure, a line.
PICTURE_PX, HEAD_PX, FLAG_PX, LINE_PX = 560, 90, 70, 26


def columns(
    under: Sequence[Component], beside: Sequence[Component], last: Component, view: Detail, *, has_parts: bool
) -> html.Div:
    """Return the columns; the last card stands below the shorter one.

    Parameters
    ----------
    under, beside : sequence of Component
        Charts and map on the left; unusual figures and parts on the right.
    last : Component
        The counts and sources.
    view : Detail
        The indicator; its unusual figures and parts tell how tall the right one is.
    has_parts : bool
        Whether the parts are among the cards beside.
    """
    left_px = PICTURE_PX * len(under)
    right_px = HEAD_PX * len(beside) + _flags_px(view) + (LINE_PX * len(view.parts) if has_parts else 0)
    is_left = left_px < right_px
    sides = ([*under, last], beside) if is_left else (under, [*beside, last])
    return html.Div([html.Div(list(side), className="mon-beside") for side in sides], className="mon-halves")


def _flags_px(view: Detail) -> int:
    """Return about how tall the unusual figures are: the open ones of the area, and the lines of those below."""
    own = [row for row in view.flags if row["region_code"] == view.asked.region]
    reasons = sum(min(len(view.reasons.get(row["period"], ())), BARS) for row in own[:OPEN])
    below = min(len(view.flags) - len(own), TOLD_BELOW)
    return FLAG_PX * min(len(own), OPEN) + LINE_PX * (reasons + below)
