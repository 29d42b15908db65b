"""The small line of a card: the past, the fan of the forecast and the target, drawn as SVG in an image."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from components.attributes import attributes
from components.monitoring_state import Standing

WIDTH, HEIGHT, EDGE = 240, 52, 4
# Figures that the line reaches back over.
SHOWN = 24

Points = Sequence[tuple[float, float]]


def sparkline(one: Standing, *, label: str) -> html.Div:
    """Return the line of an indicator: at most :data:`SHOWN` figures, gaps left open, then its fan.

    Parameters
    ----------
    one : Standing
        With at least one figure.
    label : str
        What a screen reader says.

    Notes
    -----
    The drawings are masks, so the lines take the colours of the theme they are shown in.
    """
    past = list(one.rows)[-SHOWN:]
    # Where only a direction is known there is no band to draw.
    fan = list(one.outlook) if one.model is not None and one.model["state"] == "shown" else []
    values = [float(row["value"]) for row in past if row["value"] is not None]
    values += [float(row[name]) for row in fan for name in ("q05", "q95") if row[name] is not None]
    low, high = min(values), max(values)
    target = None if one.aim is None else one.aim.value
    # A target far away would press the line flat; it is drawn where it is near.
    reach = (high - low) or abs(high) or 1.0
    if target is not None and low - reach <= target <= high + reach:
        low, high = min(low, target), max(high, target)
    else:
        target = None
    span = (high - low) or 1.0
    last = max(len(past) + len(fan) - 1, 1)

    def at(place: int, value: float) -> str:
        x = EDGE + place / last * (WIDTH - 2 * EDGE)
        return f"{x:.1f} {HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE):.1f}"

    corners = [None if row["value"] is None else at(place, float(row["value"])) for place, row in enumerate(past)]
    end = next(corner for corner in reversed(corners) if corner is not None)
    drawn = [_layer("mon-spark-line", _past(corners, is_open=one.is_open) + f"<path d='M{end} h0' {_stroke(6)}/>")]
    known = [(len(past) + step, row) for step, row in enumerate(fan) if row["q50"] is not None]
    if known:
        bands = ""
        for lower, upper, ink in (("q05", "q95", 0.35), ("q25", "q75", 0.6)):
            edge = [at(place, float(row[upper])) for place, row in known]
            edge += [at(place, float(row[lower])) for place, row in reversed(known)]
            bands += f"<path d='M{end} L{' L'.join(edge)} Z' fill='#000' fill-opacity='{ink}'/>"
        drawn.insert(0, _layer("mon-spark-fan", bands))
    if target is not None:
        goal = f"<path d='M{at(0, target)} L{at(last, target)}' stroke-dasharray='4 4' {_stroke(1.2)}/>"
        drawn.append(_layer("mon-spark-goal", goal))
    return html.Div(drawn, className="mon-spark", role="img", **attributes(aria_label=label))


def _past(corners: Sequence[str | None], *, is_open: bool) -> str:
    """Return the line through what is known, gaps left open; the way to a period that is not over is dotted."""
    line, pen, before = "", "M", None
    last = max(place for place, corner in enumerate(corners) if corner is not None)
    for place, corner in enumerate(corners):
        if corner is None:
            pen = "M"
        elif not (is_open and place == last and pen == "L"):
            line += f"{pen}{corner} "
            pen, before = "L", corner
    drawn = f"<path d='{line}' {_stroke(1.8)}/>" if line else ""
    if is_open and pen == "L" and before is not None and before != corners[last]:
        drawn += f"<path d='M{before} L{corners[last]}' stroke-dasharray='2 4' {_stroke(1.8)}/>"
    return drawn


def _stroke(width: float) -> str:
    return f"fill='none' stroke='#000' stroke-width='{width}' stroke-linecap='round' vector-effect='non-scaling-stroke'"


def _layer(class_name: str, drawing: str) -> html.Span:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
    image = f'url("data:image/svg+xml,{quote(f"{head}{drawing}</svg>")}")'
    return html.Span(className=class_name, style={"maskImage": image, "WebkitMaskImage": image})
