"""``python -m analytics.warm`` compiles what is compiled at set-up, so that no reader of the map waits for it."""

from __future__ import annotations

import numpy as np

from analytics.accessibility import BANDS, band_limits, coverage, walking_cost
from geodata.warm import is_compiled, small_places


def warm() -> None:
    """Run every compiled function of the package once, so that its machine code is in the cache."""
    if not is_compiled():
        return
    for place in small_places():
        cost, _ = walking_cost(place.network, place.points, place.points, place.owner)
        residents = np.ones((len(cost), len(BANDS)), np.float32)
        coverage(cost, residents, np.zeros(len(cost), np.int16), band_limits(), region_count=1)


if __name__ == "__main__":
    warm()
