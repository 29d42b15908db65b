"""Labels of the map of nodes: none lies over another, and those with room stay where they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from components.exchange_map import LABEL_TALL, apart


def test_labels_over_each_other_part_and_others_stay() -> None:
    centres = np.asarray([[50.0, 40.0], [52.0, 42.0], [90.0, 41.0], [50.0, 80.0], [50.0, 80.0]])
    found = apart(centres, np.full(5, 20.0))
    assert found[2].tolist() == [90, 41]
    half = (LABEL_TALL - 2) / 2
    assert np.allclose(found[:2], [[50, 40 - half], [52, 42 + half]])
    assert np.allclose(found[3:, 1], [80 - LABEL_TALL / 2, 80 + LABEL_TALL / 2])


def test_no_label_is_no_trouble() -> None:
    assert apart(np.zeros((0, 2)), np.zeros(0)).shape == (0, 2)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=4))
def test_few_labels_always_find_room(places: list[tuple[float, float]]) -> None:
    centres = np.asarray(places)
    found = apart(centres, np.full(len(places), 20.0))
    assert (found[:, 0] == centres[:, 0]).all()
    for one in range(len(places)):
        for other in range(one):
            if abs(centres[one, 0] - centres[other, 0]) < 20:
                assert abs(found[one, 1] - found[other, 1]) > LABEL_TALL * 0.8
