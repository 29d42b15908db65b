"""Accounts of the sports industry: output and value added of each class in each city and year."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.firms import CLASSES, OUTPUT, city_weights, class_totals
from warehouse.demo.people import largest_remainder
from warehouse.demo.world import World

NEEDS = ()
# The newest account is not yet verified; a first account differs by 2 % (log standard deviation, assumption).
_PRELIMINARY_YEAR = max(OUTPUT)
_REVISION = 0.02


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``industry_account``: classes of 13 cities sum to the province's totals to the yuan."""
    random = world.random("industry_account")
    parts = []
    for year in OUTPUT:
        weights = city_weights(world.seed, year)
        shares = np.array(list(weights.values()))
        output, value_added = class_totals(year)
        own_output = np.stack([largest_remainder(shares[:, k], int(output[k])) for k in range(len(CLASSES))], axis=1)
        # A city's ratio follows its class, so value added is spread by output: it can never exceed it.
        own_value = np.stack(
            [largest_remainder(own_output[:, k].astype(np.float64), int(value_added[k])) for k in range(len(CLASSES))],
            axis=1,
        )
        changed = random.lognormal(0.005, _REVISION, shares.shape)
        if year == _PRELIMINARY_YEAR:
            changed = np.ones(shares.shape)
        parts += [
            pl.DataFrame(
                {
                    "region_code": city,
                    "year": year,
                    "industry_code": CLASSES,
                    "output_cny": own_output[place].astype(np.float64),
                    "value_added_cny": own_value[place].astype(np.float64),
                    "revision": "preliminary" if year == _PRELIMINARY_YEAR else "final",
                    "preliminary_output_cny": np.round(own_output[place] / changed[place]),
                    "preliminary_value_added_cny": np.round(own_value[place] / changed[place]),
                    "released_on": date(year + 1, 9 if year == _PRELIMINARY_YEAR else 12, 20),
                }
            )
            for place, city in enumerate(weights)
            if city in world.cities
        ]
    return pl.concat(parts)
