"""Which rows belong to the area of a node: by the region they name, by what they refer to, else by where they lie."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from sqlalchemy import Engine

from kernel.scope import region_prefix
from kernel.settings import Settings
from warehouse.contract import Contract
from warehouse.delivery import GEOMETRY
from warehouse.places import regions_of, route_of
from warehouse.receive import context_of

Flags = npt.NDArray[np.bool_]


def is_told(terms: Contract) -> bool:
    """Return whether rows of a dataset can be placed in a region; others are kept by the province alone."""
    return route_of(terms) is not None


def inside(frame: pl.DataFrame, terms: Contract, node_code: str, settings: Settings, engine: Engine) -> Flags:
    """Return which rows belong to a node.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows in the columns of the contract, positions in WGS-84.
    terms : Contract
        Of a dataset that `is_told`.
    node_code : str
        Code of a city.
    settings, engine
        For the outlines of the regions in force, read only when a row names no region.

    Returns
    -------
    bool, shape (rows,)
        A row that names no region belongs to the node when it lies inside its outline; without an outline nobody
        can tell, and it does not. What refers to something unknown (a venue that was never delivered) does not either.
    """
    route = route_of(terms)
    if route is None or route.column not in frame.columns:
        return np.zeros(frame.height, bool)
    prefix = region_prefix(node_code)
    if route.hops:
        context = context_of(settings, engine)
        regions = regions_of(frame, terms, context.places, context.region_shapes)
        return regions.str.starts_with(prefix).fill_null(value=False).to_numpy()
    named = frame[route.column].cast(pl.String)
    found = named.str.starts_with(prefix).fill_null(value=False).to_numpy().copy()
    silent = named.is_null().to_numpy()
    if silent.any():
        shapes = context_of(settings, engine).region_shapes
        own = [shape for code, shape in shapes.items() if code.startswith(prefix)]
        if own:
            found[silent] = _lies_in(frame.filter(pl.Series(silent)), terms, shapely.union_all(own))
    return found


def outside(frame: pl.DataFrame, terms: Contract, node_code: str, settings: Settings, engine: Engine) -> Flags:
    """Return which rows belong to others; parameters as of `inside`.

    Rows that refer to something unknown here belong to nobody yet: the check of the rows refuses them one by one.
    """
    route = route_of(terms)
    if route is None or not route.hops or route.column not in frame.columns:
        return ~inside(frame, terms, node_code, settings, engine)
    context = context_of(settings, engine)
    regions = regions_of(frame, terms, context.places, context.region_shapes)
    return ~regions.str.starts_with(region_prefix(node_code)).fill_null(value=True).to_numpy()


def _lies_in(frame: pl.DataFrame, terms: Contract, outline: object) -> Flags:
    if terms.has_shapes and GEOMETRY in frame.columns:
        points = shapely.point_on_surface(shapely.from_wkb(frame[GEOMETRY].to_numpy()))
        return np.asarray(shapely.intersects(outline, points), bool)
    names = {column.type: column.name for column in terms.columns if column.type in ("longitude", "latitude")}
    if len(names) != 2 or not set(names.values()) <= set(frame.columns):
        return np.zeros(frame.height, bool)
    lon, lat = (frame[names[kind]].to_numpy().astype(np.float64) for kind in ("longitude", "latitude"))
    return np.asarray(shapely.intersects_xy(outline, lon, lat), bool)
