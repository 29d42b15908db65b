"""Rules between a delivery and what other units delivered: keys that are theirs, places that look like theirs."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.contract import Contract
from warehouse.places import regions_of, route_of
from warehouse.rules.area import is_inside
from warehouse.rules.case import Case

# Two rows of one name that lie this close are taken for one place until somebody has looked.
NEAR_M = 100.0
_METRES_PER_DEGREE = 111_320.0


def check_elsewhere(values: pl.DataFrame, case: Case) -> None:
    """Log keys that belong to rows of other regions, and note rows that look like rows of other units."""
    others, terms = case.context.elsewhere, case.terms
    if others is None or others.is_empty():
        return
    key = list(terms.key)
    route = route_of(terms)
    if case.context.area_codes and route is not None:
        own = is_inside(
            regions_of(others, terms, case.context.places, case.context.region_shapes), case.context.area_codes
        )
        # What names no region and lies in none was anybody's; what refers to something unknown is not the sender's.
        foreign = others.filter(~own.fill_null(value=not route.hops))
        theirs = foreign.select(*key, pl.lit(value=True).alias("is_theirs")).unique(key)
        mask = values.select(key).join(theirs, on=key, how="left", maintain_order="left")["is_theirs"]
        case.log.add(
            mask.fill_null(value=False),
            "KEY_ELSEWHERE",
            key[0],
            "The key {} belongs to a row of another region.",
            "Check the key; moving a row to another region is done by the province.",
            values=values[key[0]],
        )
    _note_near(values, others, terms, case)


def compared_columns(terms: Contract) -> list[str]:
    """Return the columns of rows of other units that `check_elsewhere` reads; none where no row can be in question.

    A row whose key says where it lies (the visits of a venue) has the same place whoever sends it.
    """
    route = route_of(terms)
    named = _name_column(terms) if terms.geometry == "point" else None
    if named is None and (route is None or route.column in terms.key):
        return []
    places = [column.name for column in terms.columns if column.type in ("longitude", "latitude")]
    wanted = {*terms.key, route.column if route else None, named, *(places if terms.geometry == "point" else ())}
    return [name for name in terms.column_names if name in wanted]


def _name_column(terms: Contract) -> str | None:
    return next((column.name for column in terms.columns if column.name.endswith("_name")), None)


def _note_near(values: pl.DataFrame, others: pl.DataFrame, terms: Contract, case: Case) -> None:
    named = _name_column(terms)
    if named is None or terms.geometry != "point":
        return
    places = {column.type: column.name for column in terms.columns if column.type in ("longitude", "latitude")}
    lon, lat = places["longitude"], places["latitude"]

    def reduced(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.select(
            pl.col(named).str.replace_all(r"\s", "").str.to_lowercase().alias("name"),
            pl.concat_str([pl.col(name).cast(pl.String) for name in terms.key], separator="|").alias("key"),
            pl.col(lon).alias("lon"),
            pl.col(lat).alias("lat"),
        )

    own = reduced(values).with_row_index("position").drop_nulls()
    pairs = own.join(reduced(others).drop_nulls(), on="name", suffix="_other").filter(
        pl.col("key") != pl.col("key_other")
    )
    if pairs.is_empty():
        return
    east = (pairs["lon"] - pairs["lon_other"]) * np.cos(np.radians(pairs["lat"].to_numpy()))
    north = pairs["lat"] - pairs["lat_other"]
    metres = np.hypot(east.to_numpy(), north.to_numpy()) * _METRES_PER_DEGREE
    near = pairs.filter(pl.Series(metres <= NEAR_M))["position"].unique()
    if len(near):
        mask = pl.Series([False]).new_from_index(0, values.height).scatter(near, True)
        message = f"Rows have the name of a row that another unit delivered within {NEAR_M:g} m."
        case.log.note("NEAR_DUPLICATE", named, message, mask, "Ask the other unit which of the rows stays.")
