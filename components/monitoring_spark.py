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

    line, pen = "", "M"
    for place, row in enumerate(past):
        if row["value"] is None:
            pen = "M"
            continue
        line += f"{pen}{at(place, float(row['value']))} "
        pen = "L"
    places = [place for place, row in enumerate(past) if row["value"] is not None]
    end = at(places[-1], float(past[places[-1]]["value"]))
    drawn = [_layer("mon-spark-line", f"<path d='{line}' {_stroke(1.8)}/><path d='M{end} h0' {_stroke(6)}/>")]
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


def _stroke(width: float) -> str:
    return f"fill='none' stroke='#000' stroke-width='{width}' stroke-linecap='round' vector-effect='non-scaling-stroke'"


def _layer(class_name: str, drawing: str) -> html.Span:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
    image = f'url("data:image/svg+xml,{quote(f"{head}{drawing}</svg>")}")'
    return html.Span(className=class_name, style={"maskImage": image, "WebkitMaskImage": image})
