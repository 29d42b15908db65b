from __future__ import annotations

import pytest

from analytics.siting.problem import relative_gap, silent


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(0.0, 0.0, 0.0), (90.0, 100.0, 0.1), (100.0, 90.0, 0.1), (5.0, 5.0, 0.0)]
)
def test_the_gap_is_a_share_of_the_larger(objective: float, bound: float, gap: float) -> None:
    assert relative_gap(objective, bound) == pytest.approx(gap)


def test_nobody_listening_means_go_on() -> None:
    assert silent("bound", 0.5, None, 1.0)
