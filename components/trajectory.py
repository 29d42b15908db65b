"""A small line of monthly figures on the way to a target, drawn as SVG in an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dash import html

from components.attributes import attributes

WIDTH, HEIGHT, EDGE = 320, 96, 6
_MONTHS = 12
# From this share of the highest value on, the lowest one is the ground, with so much of the span as air below it.
FAR, AIR = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of one month, ``YYYY-MM``."""

    month: str
    value: float


def trajectory(points: Sequence[Point], target: float, year: int, *, label: str) -> html.Div:
    """Return the line of the figures with the target as a dashed line and the end of its year as a tick.

    Parameters
    ----------
    points : sequence of Point
        In the order of their months, at least one.
    target, year : float, int
        What is wanted by the end of which year.
    label : str
        What a screen reader says.

    Notes
    -----
    The drawing is a mask, so the line takes the colours of the theme it is shown in.
    """
    places = [_place(point.month) for point in points]
    due = (year + 1) * _MONTHS - 1
    left, right = places[0], max(places[-1], due, places[0] + 1)
    values = [point.value for point in points]
    low, high = _ends([*values, target])
    span = (high - low) or 1.0

    def at(place: int, value: float) -> str:
        x = EDGE + (place - left) / (right - left) * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)
        return f"{x:.1f} {y:.1f}"

    line = "M" + " L".join(at(place, value) for place, value in zip(places, values, strict=True))
    goal = f"M{at(left, target)} L{at(right, target)}"
    tick = f"M{at(due, target)} v8 m0 -16 v8" if due <= right else ""
    end = at(places[-1], values[-1])
    measured = f"<path d='{line}' {_stroke(2.5)}/><path d='M{end} h0' {_stroke(8)}/>"
    wanted = f"<path d='{goal}' stroke-dasharray='5 4' {_stroke(1.5)}/><path d='{tick}' {_stroke(2)}/>"
    return html.Div(
        [
            html.Span(className="trajectory-line", style=_mask(measured)),
            html.Span(className="trajectory-goal", style=_mask(wanted)),
        ],
        className="trajectory",
        role="img",
        **attributes(aria_label=label),
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of what is drawn: from zero, unless all values lie far above it and the line would be flat."""
    low, high = min(values), max(values)
    return (low - (high - low) * AIR if low > FAR * high else min(low, 0.0)), high


def _stroke(width: float) -> str:
    """Return attributes of a line that keeps its width, and of a dot that stays round, when the image is stretched."""
    return f"fill='none' stroke='#000' stroke-width='{width}' stroke-linecap='round' vector-effect='non-scaling-stroke'"


def _place(month: str) -> int:
    return int(month[:4]) * _MONTHS + int(month[5:]) - 1


def _mask(drawing: str) -> dict[str, str]:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
    image = f'url("data:image/svg+xml,{quote(f"{head}{drawing}</svg>")}")'
    return {"maskImage": image, "WebkitMaskImage": image}
