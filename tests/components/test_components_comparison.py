from __future__ import annotations

import json

import plotly
import pytest

from components.comparison import CATEGORY_ICONS, AreaRow, Bar, area_table, bars, data_table, kind_bars, target_bar
from components.icons import ICONS
from kernel.categories import CATEGORIES


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize(("share", "width"), [(0.5, "50.00%"), (None, "0.00%"), (1.7, "100.00%"), (-1, "0.00%")])
def test_a_bar_never_leaves_its_ground(share, width) -> None:
    assert f'"width": "{width}"' in text(bars([Bar("10分钟", share, "x")]))


def test_marks_stand_at_their_targets() -> None:
    drawn = text(target_bar(3.0, [(4.0, "目标")], scale=5.0))
    assert '"width": "60.00%"' in drawn
    assert '"left": "80.00%"' in drawn


def test_areas_lead_to_the_map() -> None:
    row = AreaRow("苏州市", "/map?region=320500", "1275万", 0.9, "90.0%", "36.1", "3.90")
    assert '"href": "/map?region=320500"' in text(area_table([row], ["区域", "人口", "覆盖", "场地", "面积"]))


def test_every_category_has_an_icon_that_is_copied() -> None:
    assert set(CATEGORY_ICONS) == set(CATEGORIES)
    assert set(CATEGORY_ICONS.values()) <= set(ICONS)
    assert "icon-swimming" in text(kind_bars([("swimming", "游泳", 0.1, "232")]))


def test_numbers_stand_at_the_right() -> None:
    table = text(data_table(["a", "b"], [["x", "1"]], numbers={1}))
    assert table.count('"className": "number"') == 2
