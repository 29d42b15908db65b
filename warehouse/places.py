"""Where rows lie: by the region that they name, else by what they refer to (a reading -> sensor -> venue -> region)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb
import numpy as np
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from kernel.settings import Settings
from warehouse.batches import Batch
from warehouse.contract import Contract, contracts
from warehouse.curated import create_relation, quoted

# The longest way in use has two hops; a longer one would say little about who answers for a row.
MOST_HOPS = 3
REGION = "region.region_code"
_GEOMETRY = "geometry"
PLACED_SCHEMA: dict[str, pl.DataType] = {"key": pl.String(), "region_code": pl.String()}

# Asked with a dataset and values of the column of its route; answers in PLACED_SCHEMA, one row a value that is known.
Places = Callable[[str, pl.Series], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Hop:
    """One reference on the way: look a value up in ``dataset.key`` and go on with ``column`` of that row."""

    dataset: str
    key: str
    column: str


@dataclass(frozen=True, slots=True)
class Route:
    """How a row is placed: its ``column`` is a region code, or the beginning of some hops that end at one."""

    column: str
    hops: tuple[Hop, ...] = ()


def route_of(terms: Contract) -> Route | None:
    """Return how rows of a dataset are placed; None where nothing places them.

    The column of the unit places a row, else a required reference: the one with the fewest hops, among equals the
    first of the contract. An empty reference would place nothing, so optional ones are not followed.
    """
    return _route(terms.dataset, MOST_HOPS) if contracts().get(terms.dataset) is terms else _way(terms, MOST_HOPS)


@cache
def _route(dataset: str, hops_left: int) -> Route | None:
    return _way(contracts()[dataset], hops_left)


def _way(terms: Contract, hops_left: int) -> Route | None:
    if terms.unit_column is not None:
        return Route(terms.unit_column)
    ways = []
    for column in terms.columns:
        if not column.required or column.references is None:
            continue
        if column.references == REGION:
            return Route(column.name)
        dataset, key = column.references.split(".")
        other = contracts().get(dataset)
        # Anything but a whole key would lead to many rows.
        further = _route(dataset, hops_left - 1) if other and other.key == (key,) and hops_left else None
        if further is not None:
            ways.append(Route(column.name, (Hop(dataset, key, further.column), *further.hops)))
    return min(ways, key=lambda way: len(way.hops), default=None)


@dataclass(frozen=True, slots=True)
class StandingPlaces:
    """Places of what stands in the warehouse, read when asked and only for the values asked for; see :data:`Places`.

    Attributes
    ----------
    settings : Settings
        Says where the curated files are.
    standing : sequence of Batch
        The batches that count, of any datasets.
    shapes : mapping
        Region code -> outline in WGS-84: what names no region is placed by its position.
    """

    settings: Settings
    standing: Sequence[Batch]
    shapes: Mapping[str, BaseGeometry]

    def __call__(self, dataset: str, keys: pl.Series) -> pl.DataFrame:
        """Return the known ones of some values with their regions, in :data:`PLACED_SCHEMA`."""
        route = route_of(contracts()[dataset])
        asked = keys.drop_nulls().unique()
        if route is None or not route.hops or asked.is_empty():
            return pl.DataFrame(schema=PLACED_SCHEMA)
        found = self._followed(route.hops, asked.cast(pl.String).alias("key").to_frame())
        silent = found["region_code"].is_null()
        if silent.any() and {"lon", "lat"} <= set(found.columns):
            found = found.with_columns(pl.coalesce("region_code", located(found["lon"], found["lat"], self.shapes)))
        return found.select(list(PLACED_SCHEMA)).drop_nulls()

    def _followed(self, hops: Sequence[Hop], asked: pl.DataFrame) -> pl.DataFrame:
        """Return ``key, region_code`` of what is known, and ``lon, lat`` where the last thing is a point."""
        last = contracts()[hops[-1].dataset]
        points = [column.name for column in last.columns if column.type in ("longitude", "latitude")]
        places = [f"t{len(hops) - 1}.{quoted(name)}" for name in points] if last.geometry == "point" else []
        named = dict(zip(places, ("lon", "lat"), strict=True)) if len(places) == len(("lon", "lat")) else {}
        if named and last.column(points[0]).type == "latitude":
            named = dict(zip(places, ("lat", "lon"), strict=True))
        sql, before = "from asked", "asked.key"
        with duckdb.connect(":memory:") as connection:
            connection.execute("create schema curated")
            connection.register("asked", asked.to_arrow())
            for place, hop in enumerate(hops):
                batches = [batch for batch in self.standing if batch.dataset == hop.dataset]
                # Two hops never pass the same dataset: a route ends at the first region on its way.
                create_relation(connection, self.settings, contracts()[hop.dataset], batches)
                sql += f" join curated.{quoted(hop.dataset)} as t{place} on t{place}.{quoted(hop.key)} = {before}"
                before = f"t{place}.{quoted(hop.column)}"
            also = "".join(f", {expression} as {name}" for expression, name in named.items())
            return connection.sql(f"select asked.key as key, {before} as region_code{also} {sql}").pl()


def located(lon: pl.Series, lat: pl.Series, shapes: Mapping[str, BaseGeometry]) -> pl.Series:
    """Return the code of the smallest region around each position; null where none is, or there is no position.

    Parameters
    ----------
    lon, lat : polars.Series of float, degrees
        WGS-84, one a row.
    shapes : mapping
        Region code -> outline.

    Notes
    -----
    The smallest is the one whose code ends in the fewest zeros (GB/T 2260); on a shared border the later code.
    """
    codes: list[str | None] = [None] * len(lon)
    x, y = (cells.cast(pl.Float64).fill_null(float("nan")).to_numpy() for cells in (lon, lat))
    given = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    names = sorted(shapes, key=lambda code: (-len(code) + len(code.rstrip("0")), code))
    if len(given) and names:
        tree = shapely.STRtree([shapes[name] for name in names])
        rows, regions = tree.query(shapely.points(x[given], y[given]), predicate="intersects")
        for place in np.argsort(regions, kind="stable"):
            codes[int(given[rows[place]])] = names[int(regions[place])]
    return pl.Series("region_code", codes, dtype=pl.String)


def regions_of(
    frame: pl.DataFrame, terms: Contract, places: Places | None, shapes: Mapping[str, BaseGeometry]
) -> pl.Series:
    """Return the region code of each row; null where nobody knows it.

    Parameters
    ----------
    frame : polars.DataFrame
        Contract columns, at least that of the route; points that name no region need their position.
    terms : Contract
        The dataset.
    places : Places or None
        Knows where things are that rows refer to; without it all of them are unknown.
    shapes : mapping
        Region code -> outline in WGS-84.
    """
    route = route_of(terms)
    none = pl.Series("region_code", [None], dtype=pl.String).new_from_index(0, frame.height)
    if route is None or route.column not in frame.columns:
        return none
    cells = frame[route.column].cast(pl.String).alias("region_code")
    if route.hops:
        if places is None:
            return none
        known = places(terms.dataset, cells)
        asked = cells.alias("key").to_frame()
        return asked.join(known.unique("key"), on="key", how="left", maintain_order="left")["region_code"]
    if cells.null_count():
        return _lying(frame, terms, shapes).zip_with(cells.is_null(), cells)
    return cells


def _lying(frame: pl.DataFrame, terms: Contract, shapes: Mapping[str, BaseGeometry]) -> pl.Series:
    """Return the regions in which points, lines (their middle) and polygons (a point inside) lie."""
    names = {column.type: column.name for column in terms.columns if column.type in ("longitude", "latitude")}
    if terms.has_shapes and _GEOMETRY in frame.columns:
        points = shapely.point_on_surface(shapely.from_wkb(frame[_GEOMETRY].to_numpy(), on_invalid="ignore"))
        return located(pl.Series(shapely.get_x(points)), pl.Series(shapely.get_y(points)), shapes)
    if len(names) == len(("lon", "lat")) and set(names.values()) <= set(frame.columns):
        return located(frame[names["longitude"]], frame[names["latitude"]], shapes)
    return pl.Series("region_code", [None], dtype=pl.String).new_from_index(0, frame.height)
