"""Residents: the census by county, sex and band, and its spread over cells with every total kept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo import reference
from warehouse.demo.grid import Flags, Floats

# How much likelier a band lives in villages than the county's mean, and in the old core of a town than at its
# edge: assumption; older people stay in villages and old quarters, young families live in new quarters.
_RURAL_LEAN = np.array([0.95, 1.05, 0.70, 0.92, 1.45, 1.55])
_CORE_LEAN = np.array([-0.10, -0.08, 0.02, 0.0, 0.12, 0.20])


def population_frame(counties: pl.DataFrame) -> pl.DataFrame:
    """Return the population dataset: census residents by county, sex and age band.

    Parameters
    ----------
    counties : polars.DataFrame
        Rows of `reference.census_by_division`.

    Returns
    -------
    polars.DataFrame
        ``region_code, sex_code, age_band_code, resident_count`` (persons). Key: the first three.
    """
    bands = reference.age_bands()
    columns = [f"{sex}_{band}" for sex in ("male", "female") for band in bands]
    long = counties.select("adcode", *columns).unpivot(columns, index="adcode", value_name="resident_count")
    return long.select(
        region_code=pl.col("adcode"),
        sex_code=pl.col("variable").str.extract(r"^(male|female)_"),
        age_band_code=pl.col("variable").str.replace(r"^(male|female)_", ""),
        resident_count=pl.col("resident_count"),
    ).sort("region_code", "sex_code", "age_band_code")


def band_totals(counties: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return residents by county and the six bands of cells, shape (counties, 6)."""
    columns = [
        counties.select(pl.sum_horizontal(f"{sex}_{band}" for sex in ("male", "female") for band in parts)).to_series()
        for parts in reference.CELL_BANDS.values()
    ]
    return np.column_stack([column.to_numpy() for column in columns]).astype(np.int64)


def largest_remainder(expected: Floats, total: int) -> npt.NDArray[np.int64]:
    """Return whole numbers near ``expected`` that sum to ``total`` exactly (Hamilton's method).

    Parameters
    ----------
    expected : float64, shape (n,)
        Not negative; scaled to ``total`` first.
    total : int
        Sum wanted. With all of ``expected`` zero the first entry takes everything.
    """
    scale = expected.sum()
    if not scale:
        found = np.zeros(len(expected), dtype=np.int64)
        found[:1] = total
        return found
    exact = expected * (total / scale)
    found = np.floor(exact).astype(np.int64)
    missing = total - int(found.sum())
    if missing:
        first = np.argsort(found - exact, kind="stable")[:missing]
        found[first] += 1
    return found


def rural_bands(bands: npt.NDArray[np.int64], rural: int) -> npt.NDArray[np.int64]:
    """Return how many of each band live in villages: ``rural`` in all, older bands more than their share.

    Parameters
    ----------
    bands : int64, shape (6,)
        Residents of the county by band.
    rural : int
        Rural residents of the county.
    """
    share = np.full(len(bands), rural / max(int(bands.sum()), 1))
    odds = share / np.maximum(1.0 - share, 1e-9) * _RURAL_LEAN
    low, high = -20.0, 20.0
    for _ in range(60):
        shift = (low + high) / 2.0
        tilted = odds * np.exp(shift)
        if float((bands * tilted / (1.0 + tilted)).sum()) < rural:
            low = shift
        else:
            high = shift
    expected = bands * odds * np.exp(low) / (1.0 + odds * np.exp(low))
    return np.minimum(largest_remainder(expected, rural), bands) if rural < bands.sum() else bands.copy()


def spread_residents(
    county: npt.NDArray[np.int8],
    weight: Floats,
    is_rural: Flags,
    score: npt.NDArray[np.float32],
    counties: pl.DataFrame,
) -> npt.NDArray[np.int64]:
    """Return residents of each cell by the six bands, whole numbers.

    Parameters
    ----------
    county : int8, shape (k,)
        Index of the county of each cell.
    weight : float64, shape (k,)
        Residents expected.
    is_rural : bool, shape (k,)
        Village or town.
    score : float32, shape (k,)
        Relative distance from the centre of the town.
    counties : polars.DataFrame
        Census rows of the counties.

    Returns
    -------
    int64, shape (k, 6)
        The sums over a county, over its villages, and over its towns equal the census exactly in every band
        and in total.
    """
    found = np.zeros((len(county), len(_RURAL_LEAN)), dtype=np.int64)
    totals = band_totals(counties)
    for index, rural in enumerate(counties["rural"].to_list()):
        own = county == index
        villages, towns = np.flatnonzero(own & is_rural), np.flatnonzero(own & ~is_rural)
        in_villages = rural_bands(totals[index], rural if len(villages) else 0)
        if not len(towns):
            in_villages = totals[index]
        for cells, bands in ((villages, in_villages), (towns, totals[index] - in_villages)):
            if len(cells):
                lean = np.clip(1.0 - 2.0 * score[cells], -1.0, 1.0)[:, None] * _CORE_LEAN * ~is_rural[cells[0]]
                expected = weight[cells, None] * (1.0 + lean)
                for band, total in enumerate(bands):
                    found[cells, band] = largest_remainder(expected[:, band], int(total))
    return found
