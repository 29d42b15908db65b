"""Cut streets against the walking time at every sampled place."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.street_bands import split_by_cost

LIMITS = np.array([15_000.0, 30_000.0, 45_000.0])
COST = st.floats(0, 65_535)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=5, unique=True),
            COST,
            COST,
            st.floats(10, 40_000),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_place_gets_the_band_of_its_walking_time(lines):
    x, y = np.array([point for line, *_ in lines for point in line], float).T
    start = np.cumsum([0, *(len(line) for line, *_ in lines)])
    a, b, along = (np.array([line[k] for line in lines]) for k in (1, 2, 3))
    px, py, pstart, source, band = split_by_cost(x, y, start, cost_from=a, cost_to=b, cost_along=along, limits=LIMITS)
    for row, (line, cost_from, cost_to, whole) in enumerate(lines):
        length = np.hypot(*np.diff(np.array(line, float), axis=0).T).sum()
        passed = 0.0
        for piece in np.flatnonzero(source == row):
            vertices = np.column_stack([px, py])[pstart[piece] : pstart[piece + 1]]
            own = np.hypot(*np.diff(vertices, axis=0).T).sum()
            share = (passed + own / 2) / length
            cost = min(cost_from + share * whole, cost_to + (1 - share) * whole)
            if own > 1e-6 * length:
                assert band[piece] == np.searchsorted(LIMITS, cost - 1e-6 * whole)
            passed += own
        assert np.isclose(passed, length)


def test_a_street_between_two_circles_has_a_gap():
    *_, source, band = split_by_cost(
        np.array([0.0, 100.0]),
        np.array([0.0, 0.0]),
        np.array([0, 2]),
        cost_from=np.array([14_000.0]),
        cost_to=np.array([14_500.0]),
        cost_along=np.array([4_000.0]),
        limits=LIMITS,
    )
    assert source.tolist() == [0, 0, 0, 0]
    assert band.tolist() == [0, 1, 1, 0]
