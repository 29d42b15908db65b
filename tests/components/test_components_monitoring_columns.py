"""Under which of two columns the last card stands."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from dash import html

from components.monitoring_columns import columns

OWN, BELOW = {"region_code": "320000", "period": "2026-08"}, {"region_code": "320100", "period": "2026-08"}


@pytest.mark.parametrize(
    ("under", "flags", "reasons", "parts", "side"),
    [
        (1, [], {}, 0, 1),
        (1, [BELOW] * 30, {}, 0, 1),
        (1, [OWN, *[BELOW] * 30], {"2026-08": [{}] * 40}, 12, 0),
        (1, [OWN] * 2, {"2026-08": [{}] * 6}, 8, 0),
        (2, [OWN] * 2, {"2026-08": [{}] * 6}, 8, 1),
    ],
)
def test_the_last_card_stands_below_the_shorter_column(under, flags, reasons, parts, side) -> None:
    view = SimpleNamespace(asked=SimpleNamespace(region="320000"), flags=flags, reasons=reasons, parts=[{}] * parts)
    last = html.P("last")
    drawn = columns([html.P()] * under, [html.P()] * 2, last, view, has_parts=bool(parts))
    assert [last in column.children for column in drawn.children] == [side == 0, side == 1]
    assert sum(len(column.children) for column in drawn.children) == under + 3
