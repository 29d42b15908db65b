"""``python -m analytics.warm`` compiles what is compiled at set-up, so that no reader of the map waits for it."""

from __future__ import annotations

import numpy as np

from analytics.accessibility import BANDS, band_limits, catchment_of, catchments, coverage, index_cells, walking_cost
from geodata.warm import SmallPlace, is_compiled, small_places


def warm() -> None:
    """Run every compiled function of the package once, so that its machine code is in the cache."""
    if not is_compiled():
        return
    for place in small_places():
        cost, _ = walking_cost(place.network, place.points, place.points, place.owner)
        residents = np.ones((len(cost), len(BANDS)), np.float32)
        coverage(cost, residents, np.zeros(len(cost), np.int16), band_limits(), region_count=1)
        _warm_catchments(place)


def _warm_catchments(place: SmallPlace) -> None:
    index = index_cells(place.network, place.points)
    catchments(place.network, index, place.points, place.owner, owner_count=2)
    catchment_of(place.network, index, place.points)


if __name__ == "__main__":
    warm()
