"""Marks of an axis of amounts, read in the language of the page."""

from __future__ import annotations

from itertools import pairwise

import pytest

from components.monitoring_axis import MARKS, amount_axis
from tests.components.test_components_monitoring import SUM


@pytest.mark.parametrize(("lang", "words"), [("zh", "200万"), ("en", "2M")])
def test_large_amounts_are_marked_as_they_are_written_elsewhere(lang, words) -> None:
    axis = amount_axis(SUM, [0.0, None, 4_600_000.0], lang, is_from_zero=True)
    assert words in axis["ticktext"]
    assert axis["rangemode"] == "tozero"


@pytest.mark.parametrize(("low", "high"), [(10_000.0, 10_001.0), (3.0, 1e9), (-2e6, 5e5), (7e4, 7e4)])
def test_marks_are_few_evenly_spaced_and_span_what_is_drawn(low, high) -> None:
    axis = amount_axis(SUM, [low, high], "zh", is_from_zero=False)
    marks = axis["tickvals"]
    assert marks[0] <= low
    assert marks[-1] >= high
    assert len(marks) <= MARKS + 2
    gaps = {round(after - before, 6) for before, after in pairwise(marks)}
    assert len(gaps) <= 1


def test_small_amounts_are_left_to_the_chart() -> None:
    assert "tickvals" not in amount_axis(SUM, [12.0, 900.0], "zh", is_from_zero=True)
    assert "tickvals" not in amount_axis(SUM, [None], "zh", is_from_zero=True)
